"""Templates that state in their first cell where their rows are, and those with a line of comments above the names."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.config import Limits
from sluice.sources import FileSource
from sluice.sources.infer import infer
from tests.unit.sources.platforms.sample import as_csv

SETTINGS = "settings=attributeRow=5&contentLanguageTag=de_DE&dataRow=7&feedType=113&labelRow=4&primaryMarketplaceId=amzn1.mp.o.A1"
PATHS = ["contribution_sku#1.value", "item_name[marketplace_id=A1][language_tag=de_DE]#1.value", "bullet_point[marketplace_id=A1]#1.value"]
PATHS += ["bullet_point[marketplace_id=A1]#2.value", "standard_price", "quantity"]
LABELS = ["SKU", "Artikelname", "Aufzählungspunkt", "Aufzählungspunkt", "Preis", "Menge"]


def new_form() -> list[list[object]]:
    example: list[object] = ["ABC123", "Beispiel", "Punkt", "Punkt", "12.90", "3"]
    head: list[list[object]] = [[SETTINGS, *[""] * 5], ["Hinweise", *[""] * 5], ["Pflicht", "", "", "", "", ""], [*LABELS], [*PATHS], example]
    return [*head, *([f"S-{n:03}", f"Becher {n}", "Handarbeit", "", f"{n}.90", n] for n in range(30))]


def former_form() -> list[list[object]]:
    names: list[object] = ["item_sku", "item_name", "parent_child", "parent_sku", "standard_price", "quantity"]
    head: list[list[object]] = [["TemplateType=fptcustom", "Version=2021.1014", "TemplateSignature=SE9NRQ==", "", "", ""], [*LABELS], names]
    return [*head, *([f"S-{n:03}", f"Becher {n}", "", "", f"{n}.90", n] for n in range(30))]


@pytest.mark.parametrize(
    ("table", "first", "columns"),
    [(new_form(), "S-000", PATHS), (former_form(), "S-000", ["item_sku", "item_name", "parent_child", "parent_sku", "standard_price", "quantity"])],
)
@pytest.mark.parametrize("ending", ["txt", "xlsx"])
def test_names_and_data_stand_where_a_template_states(tmp_path: Path, table: list[list[object]], first: str, columns: list[str], ending: str) -> None:
    (tmp_path / "landing").mkdir()
    path = tmp_path / f"landing/listings.{ending}"
    if ending == "txt":
        path.write_bytes(as_csv([str(cell) for cell in table[0]], table[1:], "\t"))
    else:
        xlsxwriter = pytest.importorskip("xlsxwriter")
        with xlsxwriter.Workbook(path) as book:
            values = book.add_worksheet("Gültige Werte")
            for number in range(100):
                values.write_row(number, 0, [f"Wert {number}", f"Farbe {number}"])
            sheet = book.add_worksheet("Vorlage")
            for number, cells in enumerate(table):
                sheet.write_row(number, 0, cells)
    (dataset,) = infer(tmp_path / "landing")
    assert [column.name for column, _ in dataset.columns] == columns
    assert (dataset.platform, dataset.rows, dataset.key) == ("an Amazon listing file", 30, (columns[0],))
    source = FileSource(dataset.schema, dataset.pattern, tmp_path, Limits(), dataset.options)
    (arrival,) = source.arrivals()
    assert source.read(arrival).rows[columns[0]].to_list() == [f"S-{number:03}" for number in range(30)]


def test_a_line_of_comments_stands_above_the_names_of_a_meta_catalog(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    names = ["id", "title", "description", "availability", "condition", "price", "link", "image_link", "brand", "fb_product_category"]
    comments = ["# Required | A unique content ID, such as an SKU. Limit: 100.", *(f"# Required | The {name}, in plain text; e.g. a, b." for name in names[1:])]
    lines = [
        [f"M{n}", f"Mug {n}", f"A mug, {n}.", "in stock", "new", f"{n}.00 EUR", "https://a.example", "https://a.example/i", "Aro", "12"] for n in range(30)
    ]
    (tmp_path / "landing/catalog_products.csv").write_bytes(as_csv(comments, [names, *lines]))
    (dataset,) = infer(tmp_path / "landing")
    assert (dataset.platform, dataset.rows, dataset.key) == ("a Meta catalog", 30, ("id",))
    assert [column.name for column, _ in dataset.columns] == names
