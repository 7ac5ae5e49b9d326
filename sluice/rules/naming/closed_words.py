"""List the words of column names whose values are few and known: states, kinds, places of sale. Names of people stand in none of them."""

from __future__ import annotations

from sluice.rules.naming.column_names import words
from sluice.rules.naming.vocabulary import split_words

_CLOSED = split_words(
    "status state states type kind category categories brand brands color colour colors size sizes currency country region continent lang language locale"
    " channel source medium campaign device platform os browser gender sex season material condition availability available method carrier payment gateway"
    " plan tier segment unit units group department event action mode level priority stage reason result role class collection line family vendor shop store"
    " site market marketplace warehouse location zone fulfillment fulfilment tax currencycode weekday month day rating grade flag active"
    " enabled visibility published format version network interval provider processor scheme funding entry register terminal tender"
    " zustand art typ kategorie marke farbe grosse wahrung land sprache kanal quelle gerat plattform geschlecht material verfugbarkeit versandart"
    " zahlung zahlungsart zahlungsmethode lieferart einheit gruppe abteilung grund stufe filiale lager kasse warengruppe steuersatz zahlart"
    " statut etat genre marque couleur taille devise pays langue canal appareil sexe matiere disponibilite livraison paiement unite groupe motif magasin"
    " estado tipo categoria marca color talla moneda pais idioma canal dispositivo sexo disponibilidad envio pago unidad grupo motivo tienda"
    " stato colore taglia valuta paese lingua spedizione pagamento negozio soort merk kleur maat valuta taal betaling verzending winkel"
    " rodzaj kategoria marka kolor rozmiar waluta kraj jezyk platnosc dostawa sklep"
)
_HAN = split_words(
    "状态 类型 类别 类目 分类 品牌 颜色 尺码 尺寸 币种 国家 地区 省 语言 渠道 来源 设备 平台 系统 性别 季节 材质 方式 单位 店铺 仓库 原因 等级 级别 支付 物流"
    " 快递 行为 规格 状態 種別 区分 分類 상태 유형 구분"
)


def names_closed_set(name: str) -> bool:
    """Return True where a name says that a column has few values, none of which is a person's name.

    Example:
        >>> names_closed_set("order_status"), names_closed_set("Zahlungsart"), names_closed_set("订单状态"), names_closed_set("osoba")
        (True, True, True, False)
    """
    parts = words(name)
    return bool(set(parts) & _CLOSED) or any(part.endswith(("status", "art", "typ", "type", "gruppe")) for part in parts) or any(part in name for part in _HAN)
