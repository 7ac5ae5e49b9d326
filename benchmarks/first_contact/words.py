"""List the made-up words of the benchmark's shops: products, brands and people that do not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Words = Mapping[str, Sequence[str]]

NOUNS: Words = {
    "en": ("mug", "rug", "lamp", "vase", "chair", "clock", "bowl", "tray", "stool", "shelf", "basket", "blanket"),
    "de": ("Becher", "Teppich", "Lampe", "Vase", "Stuhl", "Uhr", "Schüssel", "Tablett", "Hocker", "Regal", "Korb", "Decke"),
    "zh": ("马克杯", "地毯", "台灯", "花瓶", "椅子", "挂钟", "碗", "托盘", "凳子", "书架", "篮子", "毛毯"),
}
MATERIALS: Words = {
    "en": ("birch", "cedar", "wool", "linen", "glass", "steel", "cork", "clay"),
    "de": ("Birke", "Zeder", "Wolle", "Leinen", "Glas", "Stahl", "Kork", "Ton"),
    "zh": ("桦木", "雪松", "羊毛", "亚麻", "玻璃", "不锈钢", "软木", "陶土"),
}
COLOURS: Words = {
    "en": ("white", "black", "green", "blue", "red", "grey"),
    "de": ("weiß", "schwarz", "grün", "blau", "rot", "grau"),
    "zh": ("白色", "黑色", "绿色", "蓝色", "红色", "灰色"),
}
CATEGORIES: Words = {
    "en": ("Kitchen", "Living room", "Lighting", "Decoration"),
    "de": ("Küche", "Wohnzimmer", "Beleuchtung", "Dekoration"),
    "zh": ("厨房用品", "客厅家居", "灯具照明", "家居装饰"),
}
BRANDS = ("Norrvik", "Haldane & Co", "Tessaro", "Okumiya", "Lindqvist", "Perrault", "Brackwater", "Ostrava Glas")
FIRST_NAMES: Words = {
    "en": ("Nora", "Elliot", "Maud", "Jasper", "Ines", "Rufus", "Thea", "Callum"),
    "de": ("Jürgen", "Käthe", "Anneliese", "Björn", "Ulrike", "Sören", "Heidrun", "Matthäus"),
    "zh": ("小明", "丽华", "志强", "美玲", "建国", "秀英", "子轩", "雨桐"),
}
LAST_NAMES: Words = {
    "en": ("Ashdown", "Penhallow", "Quillfeather", "Marchbank", "Thornebury", "Wexcombe"),
    "de": ("Müllensiefen", "Großkreutz", "Oberhäuser", "Steinwehr", "Brückenau", "Vogelsang"),
    "zh": ("欧阳", "司马", "上官", "诸葛", "东方", "慕容"),
}
STREETS: Words = {
    "en": ("Larkspur Lane", "Old Mill Road", "Cooper Street", "Harbour View"),
    "de": ("Lindenstraße", "Am Mühlbach", "Rosenweg", "Schöne Aussicht"),
    "zh": ("青石路", "梧桐街", "桂花巷", "望江大道"),
}
CITIES: Words = {
    "en": ("Fenwick", "Westhaven", "Millbrook", "Ashford Bay"),
    "de": ("Grünwalde", "Neustädtel", "Überbach", "Königsau"),
    "zh": ("杭州市", "成都市", "武汉市", "苏州市"),
}
PHRASES: Words = {
    "en": ("Made by hand in a small workshop.", "Easy to clean and built to last.", "Looks good in any room.", "A gift that stays useful for years."),
    "de": (
        "In einer kleinen Werkstatt gefertigt.",
        "Leicht zu reinigen und für viele Jahre gedacht.",
        "Schön in jedem Raum.",
        "Ein Geschenk, das lange Freude macht.",
    ),
    "zh": ("小作坊手工制作。", "易清洗，经久耐用。", "适合任何房间。", "实用多年的礼物。"),
}
