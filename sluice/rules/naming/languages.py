"""List the words of column and file names in further languages, each by what it says; Latin words without accents, as `column_names.words` returns them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["code", "quantity", "count", "time", "other time", "event", "thing", "item", "personal", "place", "name", "person"]

LANGUAGES: Mapping[str, Mapping[Kind, str]] = {
    "Dutch": {
        "quantity": "btw gewicht verzendkosten subtotaal totaal",
        "count": "stuks",
        "time": "tijd tijdstip besteldatum aangemaakt gewijzigd",
        "other time": "leverdatum verzenddatum vervaldatum bezorgd gewijzigd",
        "event": "bestelling bestellingen factuur facturen verkoop betaling betalingen retour bestelnummer factuurnummer",
        "thing": "producten artikelen categorie categorieen merk klanten winkel voorraad prijzen",
        "item": "artikelnummer productnummer",
        "personal": "adres huisnummer telefoon telefoonnummer emailadres achternaam ontvanger",
        "place": "plaats woonplaats provincie",
        "person": "klant koper ontvanger gebruiker",
    },
    "Italian": {
        "code": "codice cellulare",
        "quantity": "costo peso totale subtotale",
        "count": "pezzi",
        "time": "ora orario",
        "other time": "spedizione aggiornamento modifica scadenza",
        "event": "ordine ordini fattura fatture vendita vendite pagamento pagamenti recensione recensioni reso resi",
        "thing": "prodotto prodotti articoli categoria categorie marca negozio magazzino clienti",
        "item": "prodotto articolo",
        "personal": "cellulare destinatario nominativo",
        "place": "cap comune",
        "person": "acquirente destinatario",
    },
    "Portuguese": {
        "code": "codigo celular cep",
        "quantity": "frete desconto subtotal",
        "count": "quantidade estoque",
        "other time": "atualizacao entrega envio validade",
        "event": "venda vendas compra compras fatura faturas pagamento pagamentos avaliacao avaliacoes devolucao",
        "thing": "produto produtos categoria categorias marca loja estoque",
        "item": "produto artigo",
        "personal": "celular rua bairro destinatario telefone",
        "place": "cep",
        "person": "comprador destinatario",
    },
    "Polish": {
        "code": "kod numer",
        "quantity": "wartosc koszt suma rabat podatek waga wysokosc szerokosc dlugosc",
        "count": "liczba sztuk sztuki",
        "time": "czas godzina",
        "other time": "wysylki dostawy aktualizacji waznosci",
        "event": "zamowienie zamowienia zamowien sprzedaz sprzedazy faktura faktury platnosc platnosci zwrot zwroty opinia opinie",
        "thing": "produkty towar towary kategoria kategorie marka sklep magazyn klienci",
        "item": "towar produktu towaru",
        "personal": "odbiorca adres adresat pesel imie nazwisko",
        "place": "miasto miejscowosc wojewodztwo pocztowy",
        "name": "imie",
        "person": "kupujacy odbiorca klienta",
    },
    "Czech and Slovak": {
        "code": "cislo kod",
        "quantity": "castka suma dph sleva hmotnost",
        "count": "mnozstvi mnozstvo pocet skladem",
        "other time": "doruceni doruceno odeslani splatnost splatnosti platnost platnosti",
        "event": "objednavka objednavky faktura faktury platba platby prodej prodeje predaj",
        "thing": "produkty zbozi tovar kategorie znacka sklad zakaznici",
        "item": "zbozi tovar",
        "personal": "prijmeni priezvisko adresa ulice ulica prijemce prijemca",
        "place": "mesto psc",
        "name": "jmeno meno",
        "person": "zakaznik kupujici",
    },
    "Swedish, Danish and Norwegian": {
        "code": "postnr postnummer ordrenr ordernr",
        "quantity": "pris belopp belob moms frakt vikt vaegt vekt",
        "count": "antal antall lagersaldo",
        "time": "dato tidspunkt orderdatum ordredato",
        "other time": "leveransdatum leveringsdato sendt skickad oppdatert uppdaterad opdateret",
        "event": "ordre ordrer ordrenummer ordernummer bestallning bestallningar bestilling salg forsaljning kop kjop betaling betalning retur",
        "thing": "varer produkter kategorier varumarke kunder butikk butik",
        "item": "vare vara varenummer artikelnummer varenr artnr",
        "personal": "fornavn etternavn efternavn efternamn fornamn gateadresse gatuadress epost epostadresse personnummer mottaker mottagare modtager adress",
        "place": "stad poststed",
        "name": "navn namn",
        "person": "kund koper kopare kober kjoper mottaker mottagare modtager",
    },
    "Romanian": {
        "code": "numar",
        "quantity": "pret valoare reducere greutate",
        "count": "cantitate stoc bucati",
        "other time": "livrare livrarii expirare actualizare",
        "event": "comanda comenzi comenzii vanzare vanzari factura facturi plati retur recenzie recenzii",
        "thing": "produs produse categorie categorii marca magazin clienti",
        "item": "produs produsului",
        "personal": "adresa strada prenume destinatar",
        "place": "oras judet localitate",
        "name": "nume",
        "person": "cumparator destinatar",
    },
    "Hungarian": {
        "quantity": "osszeg suly kedvezmeny brutto",
        "count": "mennyiseg keszlet darab",
        "time": "idopont datuma",
        "other time": "szallitas lejarat modositva",
        "event": "rendeles rendelesek szamla szamlak fizetes",
        "thing": "termek termekek kategoria marka vevok",
        "item": "termek cikkszam",
        "personal": "telefonszam szuletesi lakcim utca",
        "place": "iranyitoszam varos irsz",
        "name": "nev",
        "person": "vevo ugyfel",
    },
    "Turkish": {
        "code": "numarasi kodu kod barkod",
        "quantity": "fiyat fiyati tutar tutari indirim kdv agirlik",
        "count": "adet adedi miktar miktari stok",
        "time": "tarih tarihi saat saati zaman zamani",
        "other time": "teslim teslimat guncelleme dogum gonderim",
        "event": "siparis siparisler satis satislar fatura odeme odemeler iade iadeler",
        "thing": "urun urunler kategori marka magaza musteriler",
        "item": "urun",
        "personal": "eposta posta adres adresi telefonu tckn alici soyad soyadi",
        "place": "ilce sehir",
        "name": "adi isim",
        "person": "musteri alici",
    },
    "Indonesian and Malay": {
        "code": "nomor resi kode kodepos telepon",
        "quantity": "harga diskon ongkir ongkos berat biaya pajak potongan",
        "count": "jumlah stok kuantitas kuantiti terjual",
        "time": "tanggal waktu tgl tarikh",
        "other time": "pengiriman kirim diterima kadaluarsa lahir",
        "event": "pesanan transaksi pembayaran penjualan pembelian ulasan",
        "thing": "produk barang kategori merek toko pelanggan",
        "item": "produk barang",
        "personal": "telepon alamat penerima",
        "place": "kota provinsi kabupaten kecamatan kodepos",
        "name": "nama",
        "person": "pembeli penerima pelanggan",
    },
    "Vietnamese": {
        "quantity": "gia tien phi thue",
        "count": "luong",
        "time": "ngay",
        "other time": "sinh",
        "person": "khach",
        "personal": "thoai",
        "place": "tinh huyen",
    },
    "Arabic": {
        "code": "رقم الرقم رمز",
        "quantity": "السعر المبلغ الاجمالي الخصم الوزن",
        "count": "الكمية المخزون",
        "time": "التاريخ تاريخ الوقت",
        "event": "الطلب الطلبات طلب المبيعات الدفع",
        "thing": "المنتج المنتجات الفئة العملاء",
        "item": "المنتج",
        "personal": "الهاتف الجوال العنوان البريد المستلم",
        "place": "المدينة",
        "name": "الاسم اسم",
        "person": "العميل المشتري",
    },
}
"""The words of each language, beside those of the first eight that the other modules list."""

THAI: Mapping[Kind, tuple[str, ...]] = {
    "code": ("หมายเลข", "รหัส", "เลขที่", "เบอร์"),
    "quantity": ("ราคา", "ยอด", "ค่า", "ส่วนลด", "น้ำหนัก"),
    "count": ("จำนวน", "คงเหลือ", "สต็อก"),
    "time": ("วันที่", "เวลา", "วันเวลา"),
    "event": ("คำสั่งซื้อ", "การชำระ", "ยอดขาย"),
    "thing": ("สินค้า",),
    "personal": ("ที่อยู่", "เบอร์โทร", "โทรศัพท์", "อีเมล", "ชื่อผู้รับ", "ชื่อผู้ซื้อ", "ชื่อลูกค้า"),
    "place": ("จังหวัด", "อำเภอ", "ไปรษณีย์"),
}
"""Parts of Thai names, which are written without blanks; the first word of a name says what it is."""

_DATES_OF = """
    ordine ordini fattura vendita pagamento spedizione consegna pedido venda entrega compra criacao
    zamowienia sprzedazy platnosci wysylki dostawy comanda comenzii platii livrarii di del dell della do da de
"""
FIRST_WORDS: Mapping[str, tuple[Literal["time", "code"], frozenset[str]]] = {
    "data": ("time", frozenset(_DATES_OF.split())),  # in Italian, Portuguese, Polish and Romanian
    "ma": ("code", frozenset(["don", "san", "hang", "van", "giao", "khach"])),  # in Vietnamese, as `so`
    "so": ("code", frozenset(["don", "hoa", "dien", "tham"])),
}
"""What a name says by its first word, where one of the others follows: `data` is a date in `Data ordine`, and not in `Data source`."""


def words_of(kind: Kind) -> frozenset[str]:
    """Return the words that say one thing, of all these languages.

    Example:
        >>> sorted(words_of("item") & {"urun", "barang", "prodotto", "mug"})
        ['barang', 'prodotto', 'urun']
    """
    return frozenset(word for language in LANGUAGES.values() for word in language.get(kind, "").split())
