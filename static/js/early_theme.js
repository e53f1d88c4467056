// A classic script, run before the first paint so that a chosen theme does not flash. See theme.js.
{
  // A browser may refuse storage to a page in a frame of another site: then everything works, and nothing is kept.
  for (const name of /** @type {const} */ (["localStorage", "sessionStorage"])) {
    try {
      window[name].getItem("theme");
    } catch {
      /** @type {Map<string, string>} */
      const kept = new Map();
      const storage = {
        getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
        setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, String(value)),
        removeItem: (/** @type {string} */ key) => void kept.delete(key),
      };
      Object.defineProperty(window, name, { value: storage });
    }
  }
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
