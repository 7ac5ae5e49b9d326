# ruff: noqa: RUF001  # the typography of a shop
"""List the words of the demo shop: its categories, brands, product lines and descriptions."""

from __future__ import annotations

from dataclasses import dataclass

STYLES = ("Quiet", "Northern", "Copper", "Open", "Little", "Early", "Paper", "Velvet", "Stone", "Amber", "Winter", "Garden")
PLACES = ("Harbour", "Meadow", "Atelier", "Lane", "Summit", "Orchard", "Pavilion", "Bay", "Mill", "Terrace")
COLOURS = ("sage", "ivory", "navy", "terracotta", "charcoal", "rosé", "moss", "sky blue", "mustard", "plum", "white", "graphite")
BRANDS = (
    *("Kestrel", "Ash & Oak", "Café Noir", "Lumen", "Tarn", "Müller Söhne", "Fjordlys", "Pax & Field", "Corvina", "Haldane", "Océane", "Brightwater"),
    *("Bjørk", "Sundry", "Marlow & Finch", "Tessera", "Vela", "Granit", "Émilie", "Northbeck", "Palomar", "Quill & Co", "Røros", "Solène"),
    *("Thistle", "Umbra Works", "Viento", "Wren & Daughters", "Yarrow", "Zephyr", "Aldermoor", "Belpré", "Cinder", "Dovetail", "Elmstead", "Fennel"),
    *("Göta", "Hollis", "Isla & May", "Juniper", "Kaolin", "Linnea", "Måne", "Nettle", "Olmo", "Périgord", "Rookery", "Saltmarsh"),
    *("Tolv", "Undergrowth", "Vesper", "Whitby", "Ximena", "Ystad", "Zinnia", "Arkwright", "Bramble", "Calder", "Dunlin", "Esker"),
)
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/133.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/18.3 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/133.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
    "Mozilla/5.0 (iPad; CPU OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
)
PRAISE = (
    "Sturdy & comfortable, just as pictured.",
    "Made for everyday use, and it shows.",
    "A favourite of our customers – year after year.",
    "Carefully finished by hand.",
    "Easy to clean & easy to store.",
    "Comes in a plastic-free box.",
    "Designed in a small studio, à la carte.",
    "Pairs well with the rest of the line.",
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Describe a category without children.

    Attributes:
        path: Names from the top: `Home > Kitchen > Mugs`.
        noun: Noun for one of its products.
        materials: Materials of its products.
        sizes: Sizes in which they are sold.
        price: Median price, in EUR.
        weight: Median weight, in g.
    """

    path: str
    noun: str
    materials: tuple[str, ...]
    sizes: tuple[str, ...]
    price: float
    weight: float

    @property
    def department(self) -> str:
        """Return the name of the category above."""
        return self.path.rsplit(" > ", 1)[0]


def _leaf(path: str, noun: str, materials: str, sizes: str, price: float, weight: float) -> Leaf:
    return Leaf(path, noun, tuple(materials.split(", ")), tuple(sizes.split(", ")), price, weight)


LEAVES = (
    _leaf("Home > Kitchen > Mugs", "mug", "ceramic, stoneware, porcelain, enamel", "250 ml, 350 ml, 450 ml", 14, 380),
    _leaf("Home > Kitchen > Pans", "frying pan", "cast iron, steel, copper, aluminium", "20 cm, 24 cm, 28 cm", 49, 1600),
    _leaf("Home > Kitchen > Knives", "chef’s knife", "carbon steel, ceramic, damask steel", "15 cm, 20 cm, 24 cm", 62, 240),
    _leaf("Home > Kitchen > Storage jars", "storage jar", "glass, ceramic, tin", "0.5 l, 1 l, 2 l", 12, 540),
    _leaf("Home > Bed & Bath > Towels", "towel", "cotton, linen, bamboo", "30×50 cm, 50×100 cm, 70×140 cm", 19, 420),
    _leaf("Home > Bed & Bath > Duvet covers", "duvet cover", "percale, linen, satin", "135×200 cm, 155×220 cm, 200×200 cm", 64, 1300),
    _leaf("Home > Bed & Bath > Pillows", "pillow", "down, latex, wool", "40×60 cm, 50×70 cm, 80×80 cm", 38, 800),
    _leaf("Home > Lighting > Table lamps", "table lamp", "brass, glass, paper, oak", "small, medium, tall", 72, 1500),
    _leaf("Home > Lighting > Pendants", "pendant light", "rattan, steel, glass", "Ø 24 cm, Ø 36 cm, Ø 48 cm", 95, 1900),
    _leaf("Home > Lighting > Candles", "candle", "soy wax, beeswax, rapeseed wax", "120 g, 200 g, 400 g", 17, 260),
    _leaf("Home > Living > Cushions", "cushion", "velvet, linen, wool", "40×40 cm, 50×50 cm, 40×60 cm", 27, 500),
    _leaf("Home > Living > Rugs", "rug", "wool, jute, cotton", "80×150 cm, 120×180 cm, 160×230 cm", 140, 5200),
    _leaf("Home > Living > Vases", "vase", "glass, ceramic, stoneware", "15 cm, 22 cm, 30 cm", 29, 900),
    _leaf("Outdoor > Garden > Planters", "planter", "terracotta, zinc, fibre clay", "Ø 18 cm, Ø 25 cm, Ø 40 cm", 31, 2400),
    _leaf("Outdoor > Garden > Hand tools", "hand trowel", "steel, copper, ash wood", "short, long", 18, 310),
    _leaf("Outdoor > Garden > Seeds", "seed set", "herb, wildflower, vegetable", "5 bags, 10 bags, 20 bags", 9, 90),
    _leaf("Outdoor > Camping > Tents", "tent", "ripstop, canvas, nylon", "1 person, 2 persons, 4 persons", 230, 3100),
    _leaf("Outdoor > Camping > Sleeping bags", "sleeping bag", "down, fleece, hollow fibre", "regular, long, wide", 120, 1200),
    _leaf("Outdoor > Camping > Stoves", "camping stove", "titanium, steel, brass", "solo, duo, family", 58, 430),
    _leaf("Outdoor > Cycling > Lights", "bicycle light", "aluminium, rubber", "front, rear, set", 34, 120),
    _leaf("Outdoor > Cycling > Locks", "bicycle lock", "hardened steel, chain, folding", "75 cm, 90 cm, 110 cm", 47, 1250),
    _leaf("Outdoor > Cycling > Panniers", "pannier", "canvas, leather, tarpaulin", "12 l, 20 l, 25 l", 79, 950),
    _leaf("Fashion > Women > Dresses", "dress", "linen, viscose, cotton", "S, M, L, XL", 68, 330),
    _leaf("Fashion > Women > Knitwear", "jumper", "merino, cashmere, cotton", "S, M, L, XL", 82, 360),
    _leaf("Fashion > Women > Scarves", "scarf", "silk, wool, modal", "70×180 cm, 90×90 cm", 36, 140),
    _leaf("Fashion > Men > Shirts", "shirt", "oxford, linen, flannel", "38, 40, 42, 44", 54, 280),
    _leaf("Fashion > Men > Trousers", "chinos", "cotton, corduroy, twill", "30/32, 32/32, 34/34", 66, 520),
    _leaf("Fashion > Men > Belts", "belt", "leather, canvas, suede", "85 cm, 95 cm, 105 cm", 39, 220),
    _leaf("Fashion > Shoes > Sneakers", "sneakers", "leather, canvas, hemp", "38, 40, 42, 44", 89, 780),
    _leaf("Fashion > Shoes > Boots", "boots", "leather, suede, waxed leather", "38, 40, 42, 44", 149, 1350),
    _leaf("Fashion > Shoes > Slippers", "slippers", "felt, wool, cork", "38, 40, 42, 44", 33, 310),
    _leaf("Leisure > Toys > Wooden toys", "wooden train", "beech, maple, birch", "3 pieces, 5 pieces, 8 pieces", 28, 620),
    _leaf("Leisure > Toys > Puzzles", "puzzle", "cardboard, wooden", "100 pieces, 500 pieces, 1000 pieces", 19, 640),
    _leaf("Leisure > Toys > Soft toys", "soft toy", "plush, organic cotton", "20 cm, 35 cm, 50 cm", 23, 260),
    _leaf("Leisure > Stationery > Notebooks", "notebook", "dotted, lined, plain", "A6, A5, A4", 13, 290),
    _leaf("Leisure > Stationery > Pens", "fountain pen", "resin, brass, steel", "fine, medium, broad", 44, 40),
    _leaf("Leisure > Stationery > Desk organisers", "desk organiser", "walnut, felt, steel", "small, large", 37, 850),
    _leaf("Leisure > Coffee & Tea > Coffee beans", "coffee beans", "espresso, filter, decaf", "250 g, 500 g, 1 kg", 16, 520),
    _leaf("Leisure > Coffee & Tea > Tea", "loose tea", "green, black, rooibos", "75 g, 100 g, 200 g", 11, 140),
    _leaf("Leisure > Coffee & Tea > Teapots", "teapot", "glass, cast iron, porcelain", "0.6 l, 1 l, 1.4 l", 46, 980),
)
