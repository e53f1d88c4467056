/** A stand-in for <style> that a strict Content-Security-Policy lets work: its text becomes an adopted style sheet. */

class AdoptedStyle extends HTMLElement {
  #sheet = new CSSStyleSheet();

  /** @param {string} css */
  set textContent(css) {
    this.#sheet.replaceSync(css);
  }

  get textContent() {
    return "";
  }

  connectedCallback() {
    if (!document.adoptedStyleSheets.includes(this.#sheet)) document.adoptedStyleSheets.push(this.#sheet);
  }

  disconnectedCallback() {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }
}

customElements.define("adopted-style", AdoptedStyle);
