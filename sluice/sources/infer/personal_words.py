"""List the words that name personal data, in the languages of shops' files; Latin words without accents, as `words` returns them."""

from __future__ import annotations

from sluice.rules.naming.languages import THAI, words_of


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


STRONG = words_of("personal") | _split("""
    email mail phone telephone tel mobile cellphone fax ip ipv4 ipv6 address street firstname lastname surname forename fullname nickname birthday birthdate
    dob ssn passport iban bvn useragent recipient receiver consignee addressee cardholder idfa idfv gaid aaid adid addr

    vorname nachname familienname geburtsdatum geburtstag strasse hausnummer telefon telefonnummer handy handynummer anschrift adresse empfanger
    ausweisnummer kontonummer kontoinhaber

    prenom rue courriel naissance destinataire

    apellido apellidos correo direccion domicilio calle telefono movil nacimiento destinatario dni nif

    телефон почта адрес фио фамилия отчество получатель

    cognome indirizzo telefone sobrenome endereco cpf voornaam achternaam straat geboortedatum nazwisko ulica
""")
"""Words that say by themselves that a column is about a person."""

WEAK = (
    words_of("place")
    | words_of("name")
    | _split("""
    name nom nombre nome naam zip zipcode postal postcode post plz city town ort stadt wohnort ville ciudad citta cidade state province provincia region
    gender sex geschlecht sexe sexo age alter edad birth lat lon lng latitude longitude vat ustid agent note notes notiz company firma card anrede
    salutation house handle login username
""")
)
"""Words that do so where the table, or another word of the name, is about persons."""

NAMES = words_of("name") | {"name", "nom", "nombre", "nome", "naam"}
"""Weak words whose values must look like names of persons."""

PERSONS = words_of("person") | _split("""
    customer customers user users client clients buyer buyers member members subscriber subscribers contact contacts person persons people employee
    employees patient patients guest guests lead leads billing shipping ship delivery sender owner holder payer reviewer cardholder
    visitor author profile profiles consumer consumers salesperson cashier verbraucher consumidor consommateur consumatore consument

    kunde kunden kaufer besteller nutzer benutzer mitglied mitglieder rechnung lieferung

    acheteur utilisateur utilisateurs abonne livraison facturation clientes cliente comprador usuario usuarios clienti utente utenti klant klanten
    klient klienci auftraggeber warenempfanger regulierer клиент клиента покупатель покупателя
""")
"""Words for persons, and for the parts of an order that are about them."""

BUYERS = words_of("person") | _split("""
    customer user client buyer member subscriber contact person guest recipient receiver reviewer cardholder visitor consumer salesperson cashier

    kunde kundin kaufer besteller nutzer benutzer mitglied empfanger ansprechpartner gast

    acheteur utilisateur destinataire abonne cliente comprador usuario destinatario suscriptor contacto utente klant
""")
"""Words for one person: a column of such a name may hold its name, or its number."""

HAN_BUYERS = _split("客户 顾客 会员 用户 买家 收货人 收件人 联系人 订购人 顧客 會員 会員 お客様 注文者 購入者 受取人 고객 회원 구매자 주문자 수취인 받는사람")

PAIRS = frozenset(
    {
        ("first", "name"),
        ("last", "name"),
        ("full", "name"),
        ("family", "name"),
        ("given", "name"),
        ("birth", "date"),
        ("date", "birth"),
        ("user", "agent"),
        ("credit", "card"),
        ("card", "number"),
        ("tax", "id"),
        ("vat", "id"),
        ("vat", "number"),
        ("ust", "id"),
        ("account", "number"),
        ("account", "holder"),
        ("bank", "account"),
        ("national", "id"),
        ("advertising", "id"),
        ("national", "registration"),
        *(("ten", "nguoi"), ("ten", "khach"), ("ho", "ten"), ("nguoi", "nhan"), ("nguoi", "mua"), ("dia", "chi")),  # Vietnamese
    }
)
"""Pairs of words that say so together."""

DETAILS = _split("detail details detalle detalles datos data daten info infos information angaben donnees dati observaciones")
"""Words for anything that is said of a person, beside a word for one."""

SYSTEMS = {"CardCode": ("CardName", "CardFName", "LicTradNum", "CntctPrsn", "ShipToCode", "PayToCode")}
"""Columns whose names mean persons beside a column of one system: SAP Business One calls its partners cards."""

FLAGS = _split("yes no y n true false t f 0 1 ja nein oui non si sí no sim não x 是 否")
"""Values of a column that says whether something holds, such as whether a customer accepts e-mail."""

COMPOUND_ENDINGS = ("adresse", "anschrift", "strasse", "telefon", "vorname", "nachname")
"""Endings of German compounds, such as Lieferadresse."""

PERSON_COMPOUNDS = ("kund", "klant", "ontvanger", "empfanger", "kontakt", "besteller", "kaufer", "rechnungs", "liefer")
"""Beginnings of German and Dutch compounds whose ending is a weak word, such as Kundenname."""

HAN_STRONG = frozenset(THAI["personal"]) | _split("""
    姓名 手机 电话 联系方式 身份证 地址 住址 邮箱 电子邮件 生日 出生 收货人 收件人 联系人 昵称 会员名 银行卡 微信号 账号 护照
    氏名 住所 電話 手機 信箱 フリガナ メールアドレス 携帯 生年月日 주소 이메일 전화 연락처 휴대폰 생년월일
""")
"""Parts of Chinese, Japanese and Korean names."""

HAN_WEAK = frozenset(THAI["place"]) | _split("性别 城市 邮编 年龄 省份 名字 郵便番号 性別 都道府県 お名前 우편번호 성별 나이 이름")
HAN_PERSONS = _split("客户 顾客 会员 用户 买家 收货 收件 订购人 顧客 會員 会員 お客様 注文者 購入者 届け先 送付先 고객 회원 구매자 주문자 수취인 받는사람")

JSON_KEYS = r'"(?i:e?mail|phone|mobile|ip|ip_?address|address|street|first_?name|last_?name|full_?name|birth_?da(?:y|te)|user_?agent)"\s*:'
"""Keys inside JSON text."""
