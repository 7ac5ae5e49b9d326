"""Write the form in which people sign in with a password, in the language of the browser."""

from __future__ import annotations

from string import Template

from dashboard.i18n.language import LANGUAGES, LOCALES
from dashboard.safety.escape import markup
from sluice.translations import load_translations

_PAGE = Template("""<!doctype html>
<html lang="$language"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>$title · Sluice</title>
<style>
  :root {color-scheme: light dark}
  body {font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; margin: 0}
  form {width: min(22rem, 90vw); display: grid; gap: .8rem}
  h1 {font-size: 1.5rem; margin: 0}
  p {margin: 0}
  label {display: grid; gap: .2rem}
  input, button {font: inherit; padding: .5rem .7rem; border-radius: .4rem; border: 1px solid #808890}
  button {background: #0f6e84; color: #fff; border: 0; cursor: pointer}
  .refused {color: #d9443a}
</style></head><body>
<form method="post" action="/sign-in">
<h1>$title</h1>
$refused<label>$name<input name="name" value="$value" required maxlength="100" autocomplete="username" autofocus></label>
<label>$password<input name="password" type="password" required autocomplete="current-password"></label>
<input type="hidden" name="next" value="$back">
<button>$title</button>
</form></body></html>
""")


def sign_in_form(languages: str, back: str, *, name: str = "", refused: bool = False) -> str:
    """Return the page with the form.

    Args:
        languages: What the browser says of its languages.
        back: Address to which the person is led.
        name: What was typed before.
        refused: Whether the password was wrong.
    """
    language = next((code for code in LANGUAGES if languages.lower().startswith(code)), "en")
    tr = load_translations(LOCALES, language).gettext
    error = f'<p class="refused" role="alert">{markup(tr("The password is not right."))}</p>\n' if refused else ""
    texts = {"title": tr("Sign in"), "name": tr("Your name"), "password": tr("Password")}
    return _PAGE.substitute({key: markup(text) for key, text in texts.items()}, language=language, refused=error, value=markup(name), back=markup(back))
