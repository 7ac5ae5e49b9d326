// Writes the texts of Streamlit's own widgets in the reader's language, and names this language to screen readers.
// Only what stands in PLACES, and names that are read aloud, are translated: a cell or a label with the same letters stays.
((settings) => {
  const PLACES = [
    "InputInstructions", "stFileUploader", "stMainMenuPopover", "stMainMenuList", "stDataFrameColumnMenu", "stDataFrameColumnFormattingMenu",
    "stDataFrameColumnVisibilityMenu", "stTooltipContent", "stStatusWidget", "stDialog", "stSkipToContent", "stSelectboxVirtualDropdown",
    "stMultiSelectVirtualDropdown", "search-result-area",
  ].map((name) => `[data-testid="${name}"]`).concat(".gdg-search-status").join(",");
  const NAMES = ["aria-label", "placeholder"];
  const former = window.sluiceTexts;
  former?.observer.disconnect();
  document.documentElement.lang = settings.lang;
  const exact = new Map(settings.texts);
  const parts = settings.patterns.map(([pattern, text]) => [new RegExp(`^${pattern}$`), text]);
  const back = new Map(former ? former.written : []);  // what the language before wrote, with the English text
  const written = new Map();

  const translated = (text) => {
    const english = back.get(text) ?? text;
    let answer = exact.get(english);
    for (const [pattern, replacement] of answer === undefined && /[A-Za-z]/.test(english) ? parts : []) {
      if (pattern.test(english)) { answer = english.replace(pattern, replacement); break; }
    }
    if (answer !== undefined) written.set(answer, english);
    return answer ?? english;
  };
  const textOf = (node) => {
    if (!node.parentElement?.closest(PLACES)) return;
    const text = translated(node.nodeValue.trim());
    if (text !== node.nodeValue.trim()) node.nodeValue = text;
  };
  const namesOf = (element) => {
    for (const name of NAMES) {
      const value = element.getAttribute(name);
      const text = value && translated(value);
      if (text && text !== value) element.setAttribute(name, text);
    }
  };
  const walk = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return textOf(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    namesOf(root);
    for (const element of root.querySelectorAll(NAMES.map((name) => `[${name}]`).join(","))) namesOf(element);
    const places = root.closest(PLACES) ? [root] : root.querySelectorAll(PLACES);
    for (const place of places) {
      const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) textOf(texts.currentNode);
    }
  };
  const observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(walk);
      else if (change.type === "attributes") namesOf(change.target);
      else textOf(change.target);
    }
  });
  walk(document.body);
  window.sluiceTexts = { observer, written };
  if (settings.texts.length) observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: NAMES });
})(SETTINGS);
