// A classic script, run before the first paint so that a chosen theme does not flash. See theme.js.
{
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
