"""The script that records the faults of a page.

Classic WebDriver cannot read the console, nor put a script into a page before the page loads.
"""

WATCH = """
window.pageFaults = [];
{
  const keep = (kind, what) =>
    window.pageFaults.push(`${kind}: ${what?.message ?? what} ${what?.stack ?? ""}`.trim());
  for (const method of ["error", "warn"]) {
    const before = console[method];
    console[method] = (...parts) => {
      const told = parts.map((part) => part?.stack ?? String(part)).join(" ");
      // Warnings are the widgets' own affair, unless they are the client's.
      if (method === "error" || /^\\[?shiny-comm/.test(told)) keep("console", told);
      before.apply(console, parts);
    };
  }
  // Captured, as what fails to load says so at its own element alone.
  addEventListener("error", (event) => {
    const { target } = event;
    if (target === window) keep("uncaught", event.error ?? event.message);
    else if (target.matches("script, link, img")) keep("not loaded", target.src || target.href);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => keep("rejected", reason));
}
"""
