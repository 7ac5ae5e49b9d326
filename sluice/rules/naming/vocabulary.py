"""List the words of column names by what they say about the values, in English, German, French, Spanish, Russian, Chinese, Japanese and Korean.

Words are in lower case and without accents, as `column_names.words` returns them. `languages.py` lists those of further languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from sluice.rules.naming.languages import words_of

Role: TypeAlias = Literal["id", "code", "quantity", "count", "time"]


def split_words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


WORDS: Mapping[Role, frozenset[str]] = {
    "id": split_words(
        "id ids uuid guid key sku asin ean gtin isbn upc index handle kennung identifiant identificador clave mpn slug hash token ид идентификатор"
    ),
    "code": split_words(
        "zip zipcode postcode postal phone telephone fax mobile code barcode iban number no nr nummer numero num plz telefon telefono tel handy ref reference"
        " referencia referenz serial tracking version cp siret ustid sn артикул код штрихкод номер телефон индекс"
    )
    | split_words("mandt bukrs werks vkorg posnr beleg vbeln ebeln matnr")  # of SAP
    | split_words("konto gegenkonto sachkonto kontonummer kostenstelle kostentrager")  # of German accounts
    | words_of("code"),
    "quantity": split_words(
        "price cost amount total subtotal sum tax discount fee shipping revenue paid refund balance msrp rrp value margin profit budget spend commission"
        " preis betrag kosten summe steuer mwst rabatt gebuhr versand umsatz erlos wert gesamt netto brutto uvp"
        " vat prix montant cout frais remise tva taxe valeur ttc ht"
        " precio importe coste costo impuesto descuento iva envio valor"
        " prezzo importo sconto imposta spedizione totale valore larghezza altezza lunghezza preco prijs bedrag korting cena kwota"
        " weight length width height depth volume size area distance gewicht lange breite hohe tiefe grosse volumen poids longueur largeur hauteur taille"
        " profondeur peso largo ancho alto altura longitud tamano profundidad capacity temperature"
        " rate share ratio percent percentage pct quote anteil prozent satz taux part proportion porcentaje tasa avg average mean score"
        " probability confidence"
        " цена стоимость сумма скидка вес итого налог"
        " latitude longitude lat lng lon duration seconds eur usd gbp cny kg lb lbs oz cm mm ml"
    )
    | words_of("quantity"),
    "count": split_words(
        "quantity qty stock count cnt rank rating votes views clicks likes year month day hour week weekday minute age position inventory"
        " level sort priority pages"
        " stars grade rooms units pieces bestand menge anzahl stuck stueck rang alter jahr monat quantite nombre nb annee mois cantidad existencias ano mes"
        " edad unidades helpful giacenza quantita pezzi estoque voorraad aantal ilosc количество остаток остатки"
    )
    | split_words("visits visitors pageviews impressions bounces exits sessions opens")
    | words_of("count"),
    "time": split_words(
        "ts time timestamp datetime date at epoch datum zeit uhrzeit zeitpunkt heure horodatage fecha hora created updated modified"
        " angelegt erstellt geandert"
        " aktualisiert bestellt published received дата время"
    )
    | split_words("erdat erzet bedat budat cpudt cputm fkdat")  # of SAP
    | words_of("time"),
}
ENDINGS: Mapping[Role, tuple[str, ...]] = {  # of compounds, as in Lagerbestand and unitprice
    "code": ("nummer", "postleitzahl", "number", "code", "nr", "szam"),  # Auftragsnr
    "quantity": ("preis", "betrag", "kosten", "summe", "steuer", "rabatt", "gebuhr", "gewicht", "breite", "hohe", "price", "amount", "weight", "cost", "rate"),
    "count": ("bestand", "menge", "anzahl", "quantity", "count", "qty"),
    "time": ("datum", "zeit", "timestamp", "datetime"),
}
NO_COMPOUND = split_words(
    "moderate corporate separate generate operate decorate account discount viscount discounted unicode decode encode barcode zipcode postcode hochzeit"
)
HAN: Mapping[Role, tuple[str, ...]] = {
    "time": (
        "时间",
        "日期",
        "时刻",
        "年月日",
        "日時",
        "日付",
        "時刻",
        "注文日",
        "受注日",
        "購入日",
        "売上日",
        "일시",
        "일자",
        "날짜",
        "시간",
        "주문일",
        "결제일",
        "판매일",
        "거래일",
    ),
    "code": (
        "编号",
        "单号",
        "号码",
        "条码",
        "邮编",
        "手机",
        "电话",
        "编码",
        "货号",
        "流水号",
        "订单号",
        "交易号",
        "账号",
        "代码",
        "型号",
        "款号",
        "番号",
        "コード",
        "品番",
        "電話",
        "번호",
        "코드",
        "연락처",
        "전화",
    ),
    "id": ("主键", "标识"),
    "quantity": (
        "价",
        "金额",
        "费",
        "额",
        "重量",
        "毛重",
        "净重",
        "长度",
        "宽度",
        "高度",
        "体积",
        "比例",
        "率",
        "折扣",
        "税",
        "总计",
        "合计",
        "余额",
        "实付",
        "优惠",
        "评分",
        *("価格", "金額", "単価", "料金", "送料", "税額", "合計", "割引", "重量", "가격", "금액", "단가", "결제액", "할인", "배송비", "합계", "중량"),
    ),
    "count": (
        "数量",
        "库存",
        "销量",
        "件数",
        "次数",
        "排名",
        "人数",
        "年龄",
        "评论数",
        "浏览量",
        "点击量",
        "在庫数",
        "個数",
        "件数",
        "点数",
        "수량",
        "재고",
        "구매수",
        "개수",
        "조회수",
    ),
}
UNNAMED_CODES = split_words(
    "invoice order receipt ticket transaction session facture rechnung commande pedido bestellung auftrag factura ip agent aid"
)  # codes where nothing follows
TAXES = split_words("vat tva iva mwst ust")  # the amount, and with one of the following words the number of who pays it
REGISTERED = split_words("registration reg registered intracommunautaire intracomunitario numero nummer number no nr num id idnr code")
HEAD_FIRST = split_words("of de du des d del la le by per von")  # after these words stands what is described: number of reviews
ENTITIES = split_words(
    "user visitor customer client member buyer seller shop store vendor brand category parent child item product article sku variant order line event session"
    " transaction trans payment cart device account group page review listing purchase campaign promotion warehouse merchant reviewer shopper viewer person"
    " content track artist song movie film book news game hotel cookie anonymous external internal"
)
"""Entities whose identifiers are also written in one word, as `visitorid`."""

ACTORS = split_words("user visitor customer client member buyer shopper viewer reviewer session device cookie kunde kundin utilisateur usuario")
"""Whose numbers identify them where nothing follows."""

TIME_PREFIXES = ENTITIES | split_words(
    "create update pay ship delivery start end view visit click birth sale invoice request server local unix add modify post buy"
)
