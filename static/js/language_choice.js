/** Which language the page is in: chosen here, kept in a cookie so that the server knows it next time. */

const YEAR_S = 365 * 24 * 3600;

/** Where there is more than one language, let it be chosen. */
export function languageChoice() {
  const choice = document.querySelector("#language");
  if (!(choice instanceof HTMLSelectElement)) return;
  // A browser that comes back to the page may have kept another choice in the form.
  choice.value = document.documentElement.lang;
  choice.addEventListener("change", () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not there on plain HTTP.
    document.cookie = `language=${choice.value}; path=/; max-age=${YEAR_S}; samesite=lax`;
    const address = new URL(location.href);
    if (address.searchParams.has("language")) address.searchParams.set("language", choice.value);
    if (address.href === location.href) location.reload();
    else location.replace(address);
  });
}
