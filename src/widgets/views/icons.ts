/** Loads the rules of Font Awesome 4 when a widget shows the first icon. */
import { linkStylesheet } from "../styles/link.js";

/** The animation in `styles/index.css` that starts on each icon in a widget. */
const ICON_SHOWN = "shiny-comm-icon";

/**
 * Watches for icons. An animation in the style sheet reports icons, which is cheaper than an observer.
 *
 * @returns the undo
 */
export function watchIcons(): () => void {
  const onAnimation = ({ animationName }: AnimationEvent): void => {
    if (animationName !== ICON_SHOWN) return;
    stop();
    void linkStylesheet(() => new URL("./icons.css", import.meta.url));
  };
  const stop = (): void => document.removeEventListener("animationstart", onAnimation, true);
  document.addEventListener("animationstart", onAnimation, true);
  return stop;
}
