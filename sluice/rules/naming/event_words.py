"""List the words that tell tables of events from tables of things, and the time of an event from other times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sluice.rules.naming.column_names import role, words
from sluice.rules.naming.languages import THAI, words_of
from sluice.rules.naming.vocabulary import split_words

EVENTS = words_of("event") | split_words(
    "event events order orders transaction transactions purchase purchases sale sales review reviews rating ratings session sessions"
    " payment payments invoice invoices settlement settlements payout payouts"
    " receipt receipts refund refunds return returns click clicks view views visit visits search searches impression impressions"
    " interaction interactions behavior"
    " behaviour log logs history activity activities bill bills checkout checkouts conversion conversions play plays message messages"
    " ticket tickets shipment shipments booking bookings"
    " buchung buchungen buchungsstapel"
    " bestellung bestellungen auftrag auftrage rechnung rechnungen umsatz umsatze verkauf verkaufe ereignis ereignisse retouren zahlung zahlungen bewertungen"
    " commande commandes facture factures vente ventes evenement evenements paiement paiements avis pedido pedidos factura facturas"
    " venta ventas evento eventos pago pagos"
    " заказ заказы заказа заказов продажа продажи продаж покупка покупки покупок событие события событий отзыв отзывы отзыва отзывов оплата оплаты оплат"
    " отправление отправления отправлений возврат возвраты возврата возвратов платеж платежи платежа платежей чек чеки чека"
)
THINGS = words_of("thing") | split_words(
    "product products item items catalog catalogue article articles artikel produkt produkte produit produits producto productos"
    " articulo articulos category categories"
    " brand brands store stores vendor vendors supplier suppliers seller sellers customer customers user users member members kunde"
    " kunden client clients cliente clientes"
    " feed inventory stock offer offers variant variants sku skus listing listings price prices warehouse collection collections movie movies book"
    " books hotel hotels metadata meta"
    " kategorie kategorien lager bestand preise товар товары товара товаров каталог клиент клиенты клиентов пользователь пользователи пользователей"
    " остатки остатков"
)
ITEMS = words_of("item") | split_words(
    "item product sku asin article artikel artikelnummer produkt produit producto articulo listing variant good movie film book song track game hotel news"
    " content mpn товар товара номенклатура номенклатуры"
)
HAN_ITEMS = ("商品", "产品", "货号", "宝贝", "製品", "品番", "상품", "제품")
HAN_EVENTS = (
    "订单",
    "账单",
    "流水",
    "行为",
    "交易",
    "日志",
    "评论",
    "评价",
    "支付",
    "退款",
    "单号",
    "注文",
    "受注",
    "取引",
    "売上",
    "閲覧",
    "購入",
    "決済",
    "주문",
    "거래",
    "결제",
    "매출",
    "리뷰",
    *THAI["event"],
)
HAN_THINGS = ("商品", "产品", "目录", "客户", "用户", "会员", "店铺", "品牌", "类目", "製品", "顧客", "店舗", "상품", "제품", "고객", "회원", *THAI["thing"])
PEOPLE = words_of("person") | split_words(
    "user customer client visitor viewer shopper buyer member account reader listener reviewer player person kunde kundin utilisateur"
    " usuario cliente acheteur comprador"
    " subscriber guest pseudo anonymous auftraggeber warenempfanger regulierer"
    " клиент клиента покупатель покупателя пользователь пользователя"
)
_OCCASIONS = EVENTS | split_words(
    "cart basket device cookie browser request ip agent token warenkorb sitzung panier carrito sesion bestellnummer auftragsnummer"
)
_PLACES_OF_SALE = split_words("channel channels organization organisation office region area territory team unit rep representative person manager price")
_OF = split_words("of de del della du des der le la do da di the")
_ROW_NAMES = split_words("id ids uuid guid key index")  # of the row itself
_GERMAN_PEOPLE = ("kunden", "benutzer", "nutzer", "mitglied", "besucher")  # of compounds such as Kundennummer
CREATED = split_words("created create creation creado creacion angelegt erstellt cree inserted added add registered signup joined published publish")
OTHER_TIMES = words_of("other time") | split_words(
    "updated update modified modify changed change geandert aktualisiert modifie actualizado loaded load ingested received synced sync"
    " exported export imported processed"
    " etl extracted birth birthday birthdate dob geburtsdatum geburt naissance nacimiento expires expire expiry expiration until from to"
    " available availability valid"
    " effective due delivery delivered shipped ship shipping limit estimated expected eta last next release launch restock discontinued retired special promo"
    " letzte letzter letztes letzten zuletzt dernier derniere ultimo ultima"
    " deleted closed cancelled canceled approved expired validity deliver deliveries dispatch dispatched publication"
    " entrega envio embarque vencimiento vence caducidad validez vigencia vigente publicacion livraison expedition echeance validite parution consegna scadenza"
    " validade falligkeit fallig zustellung versand versandt gultig ablauf verfall veroffentlichung erscheinung"
    " отгрузки отгрузка доставки доставка отправки обновления изменения рождения rts sla"
)
_OTHER_COMPOUNDS = (
    "liefer",
    "zustell",
    "versand",
    "fallig",
    "ablauf",
    "gultig",
    "verfall",
    "erscheinung",
    "veroffentlichung",
)  # of compounds such as Lieferdatum
DOCUMENTS = split_words(
    "doc docs document documents voucher vouchers shipment shipments waybill waybills consignment consignments quotation quotations docnum docentry"
    " beleg belege belegnummer belegnr lieferschein lieferscheine lieferscheinnummer angebotsnummer rechnungsnummer auftragsnummer bestellnummer"
    " albaran albaranes remision remisiones presupuesto presupuestos envio envios documento documentos bordereau"
)
HAN_DOCUMENTS = ("单据", "凭证", "发票", "运单", "出库单", "入库单", "送货单", "传票", "伝票")
CHANGES = split_words("change changes changed update updates updated delta deltas diff diffs increment incremental")
HAN_CREATED = ("创建", "注册", "上架", "发布", "建档")
HAN_OTHER = split_words("更新 修改 同步 入库 生日 出生 有效 到期 失效 过期 截止 保质 上市 出版 最后 最近 发货 收货 交货 交付 送达 送货 配送 完成 结束")


def names_events(names: Iterable[str]) -> bool:
    """Return True where the names of a table's files or key say that its rows are events.

    Example:
        >>> names_events(["order_items"]), names_events(["products"]), names_events(["sales_channel_id"]), names_events(["store_view_code"])
        (True, False, False, False)
    """
    return any(set(_without_places(words(name))) & EVENTS or any(part in name for part in HAN_EVENTS) for name in names)


def _without_places(parts: Sequence[str]) -> Iterator[str]:
    """Yield the words of a name but for sales where they are made, and for the view of a store."""
    for before, part, after in zip(("", *parts), parts, (*parts[1:], ""), strict=False):
        of_place = part in {"sale", "sales"} and after in _PLACES_OF_SALE
        if not of_place and (before, part) != ("store", "view"):
            yield part


def names_things(names: Iterable[str]) -> bool:
    """Return True where the names of a table's files or key say that its rows are products, people, shops and the like."""
    return any(set(words(name)) & THINGS or any(part in name for part in HAN_THINGS) for name in names)


def names_documents(names: Iterable[str]) -> bool:
    """Return True where the names of a table's files or key say that its rows are documents, which are numbered as they are written.

    Example:
        >>> names_documents(["DocNum"]), names_documents(["Lieferscheinnummer"]), names_documents(["sku"])
        (True, True, False)
    """
    return any(set(words(name)) & DOCUMENTS or any(part in name for part in HAN_DOCUMENTS) for name in names)


def names_growing(names: Iterable[str]) -> bool:
    """Return True where the names of a table say that a file may bring only new or changed rows: of people, or of changes.

    Example:
        >>> names_growing(["customers"]), names_growing(["price_changes"]), names_growing(["products"])
        (True, True, False)
    """
    return any(names_person(name) or set(words(name)) & (CHANGES | {f"{person}s" for person in PEOPLE}) for name in names)


def is_other_time(name: str) -> bool:
    """Return True for the name of a time that is not when a row's event happened: of a change, a load, a birth, an end, a delivery."""
    parts = words(name)
    return bool(set(parts) & OTHER_TIMES) or any(part.startswith(_OTHER_COMPOUNDS) for part in parts) or any(part in name for part in HAN_OTHER)


def tells_event(name: str) -> bool:
    """Return True for the name of a time that says which event happened then, and nothing else: `Sale Date`, and not `Sales Start Date`.

    Example:
        >>> tells_event("Sale Date"), tells_event("Дата продажи"), tells_event("注文日時"), tells_event("sales_start_date"), tells_event("date")
        (True, True, True, False, False)
    """
    parts = words(name)
    if any(part in name for part in HAN_EVENTS):
        return role(name) == "time"
    return bool(set(parts) & EVENTS) and all(part in EVENTS or part in _OF or role(part) == "time" for part in parts)


def is_creation_time(name: str) -> bool:
    """Return True for the name of the time when a row was made: of an order it is the event, of a product it is not."""
    return bool(set(words(name)) & CREATED) or any(part in name for part in HAN_CREATED)


def names_person(name: str) -> bool:
    """Return True for the name of a person's identifier."""
    parts = words(name)
    return (
        bool(set(parts) & PEOPLE)
        or any(part.startswith(_GERMAN_PEOPLE) for part in parts)
        or any(part in name for part in ("用户", "会员", "买家", "客户", "顾客", "顧客", "会員", "お客様", "고객", "회원", "구매자", "주문자"))
    )


def names_actor(name: str) -> bool:
    """Return True for the name of a person, or of an identifier of a row, an order, a session, an event or a device.

    Example:
        >>> names_actor("user_id"), names_actor("order_no"), names_actor("session"), names_actor("id")
        (True, True, True, True)
        >>> names_actor("provider_number"), names_actor("event_type"), names_actor("product_line")
        (False, False, False)
    """
    parts = words(name)
    if names_person(name) or (parts and set(parts) <= _ROW_NAMES):
        return True
    return role(name) in {"id", "code"} and (bool(set(parts) & _OCCASIONS) or any(part in name for part in HAN_EVENTS))
