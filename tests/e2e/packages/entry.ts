/** The tests of a widget package, as data. */
import type { Page } from "playwright-core";

export interface Package {
  /**
   * Makes `widget`, calls `tell(text)` when the server receives a user's action, and defines `change()`,
   * which changes the widget from Python.
   */
  readonly python: string;
  /** The first sight: a selector, by itself or with its text. */
  readonly seen: Sight;
  /** Does something to the widget. */
  readonly act: (page: Page) => Promise<unknown>;
  /** The text of `tell` after the action. */
  readonly told: string | RegExp;
  /** The sight after `change()`. */
  readonly changed: Sight;
  /** Selectors of icons of Font Awesome. */
  readonly icons?: readonly string[];
  /** Requests of the package to other hosts, whose answers it does not need. */
  readonly foreign?: RegExp;
}

export type Sight = string | readonly [selector: string, text: string | RegExp];
