"""Read basic colours: the standard form is the English word in lower case."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.rules.forms.names import fold
from sluice.rules.forms.standard_value import StandardValue, respelled

_WORDS: Mapping[str, str] = {  # in English, German, French, Spanish, Italian, Dutch, Polish, Chinese and Japanese
    "black": "black schwarz noir noire negro negra nero nera zwart czarny 黑 黑色 ブラック",
    "white": "white weiß weiss blanc blanche blanco blanca bianco bianca wit biały 白 白色 ホワイト",
    "gray": "gray grey grau gris grigio grigia grijs szary 灰 灰色 グレー",
    "red": "red rot rouge rojo roja rosso rossa rood czerwony 红 红色 紅色 レッド",
    "orange": "orange naranja arancione oranje pomarańczowy 橙 橙色 オレンジ",
    "yellow": "yellow gelb jaune amarillo amarilla giallo gialla geel żółty 黄 黄色 黃色 イエロー",
    "green": "green grün gruen vert verte verde groen zielony 绿 绿色 綠色 グリーン",
    "blue": "blue blau bleu bleue azul blu blauw niebieski 蓝 蓝色 藍色 ブルー",
    "purple": "purple lila violett violet violette morado morada viola paars fioletowy 紫 紫色 パープル",
    "pink": "pink rosa rose roze różowy 粉 粉色 粉红色 ピンク",
    "brown": "brown braun marron marrón marrone bruin brązowy 棕 棕色 褐色 咖啡色 ブラウン",
    "beige": "beige 米色 ベージュ",
    "gold": "gold golden doré dorado dorada oro goud złoty 金 金色 ゴールド",
    "silver": "silver silber silbern argent argenté plateado plateada argento zilver srebrny 银 银色 銀色 シルバー",
}
_COLOURS: Mapping[str, str] = {fold(word): colour for colour, words in _WORDS.items() for word in words.split()}


def read(text: str, region: str | None) -> StandardValue | None:
    """Return the English word of a basic colour; None for any other text, such as `navy`, which is no other word for blue.

    Example:
        >>> [read(text, None).text for text in ("Schwarz", "GREY", "红色")]
        ['black', 'gray', 'red']
        >>> read("midnight", None) is None
        True
    """
    _ = region
    colour = _COLOURS.get(fold(text))
    return None if colour is None else respelled(text, colour)
