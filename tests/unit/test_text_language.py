"""The language of titles is named by script, words and letters."""

from __future__ import annotations

import pytest

from sluice.rules.text_language import main_language


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("English", ["Red mug", "Røros lamp", "Desk lamp with shade", "Pen", "Box of pens", "Sofa", "Chair", "Café table", "Rug", "Cup", "Bowl for soup"]),
        ("English", []),
        ("English", ["12 x 4", "A-77"]),
        ("Chinese", ["红色马克杯 350ml", "台燈", "Nike 运动鞋"]),
        ("Chinese", ["Mug"] * 8 + ["红色马克杯"]),
        ("Japanese", ["赤いマグカップ", "テーブルランプ"]),
        ("Korean", ["빨간 머그컵"]),
        ("Russian", ["Красная кружка"]),
        ("German", ["Tasse für Kaffee", "Schreibtischlampe", "Küchenmesser mit Griff", "Stuhl"]),
        ("French", ["Lampe de bureau avec abat-jour", "Tasse à café", "Chaise"]),
        ("Spanish", ["Taza para café", "Lámpara con pantalla", "Silla de oficina"]),
        ("Polish", ["Kubek do kawy", "Krzesło biurowe", "Lampa"]),
        ("Turkish", ["Kahve için kupa", "Masa örtüsü ve gölge"]),
    ],
)
def test_the_language_of_titles(language: str, texts: list[str]) -> None:
    assert main_language(texts) == language
