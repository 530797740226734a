/** WebKitGTK's small browser, by classic WebDriver. */
import { inject } from "vitest";
import { type Engine, type EnginePage, type Key, waitForSession } from "./engine.js";
import { type Action, WebDriverSession } from "./webdriver.js";

const KEYS: Record<Key, string> = { Tab: "\uE004", Enter: "\uE007", ArrowRight: "\uE014" };

export async function startWebKit(): Promise<Engine> {
  const session = await WebDriverSession.start(inject("webKitDriverUrl"), {
    // Automated, it keeps its profile in memory.
    "webkitgtk:browserOptions": { binary: inject("miniBrowser"), args: ["--automation"] },
  });
  await session.setWindowSize(1200, 1000);
  return {
    async open(url) {
      await session.navigate(url);
      const page: EnginePage = {
        evaluate: (run, ...args) => session.evaluate(run, ...args),
        async drag(from, to) {
          const actions: Action[] = [
            { type: "pointerMove", ...from },
            { type: "pointerDown", button: 0 },
          ];
          if (to) {
            const half = { x: Math.round((from.x + to.x) / 2), y: Math.round((from.y + to.y) / 2) };
            actions.push({ type: "pointerMove", ...half }, { type: "pointerMove", ...to });
          }
          await session.perform("pointer", [...actions, { type: "pointerUp", button: 0 }]);
        },
        async keys(...keys) {
          const values = keys.flatMap((key) =>
            typeof key === "string" ? [KEYS[key]] : Array.from(key.text),
          );
          await session.perform(
            "key",
            values.flatMap((value): Action[] => [
              { type: "keyDown", value },
              { type: "keyUp", value },
            ]),
          );
        },
        // Kept by the script that watched_gallery.py puts into its pages.
        faults: () =>
          page.evaluate(() => (window as unknown as { pageFaults: string[] }).pageFaults),
        screenshot: () => session.screenshot(),
        close: () => session.navigate("about:blank"),
      };
      await waitForSession(page);
      return page;
    },
    close: () => session.end(),
  };
}
