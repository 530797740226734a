/** The chunk with all Lumino packages of the client, for labextensions: these use the page's copies. */

import * as algorithm from "@lumino/algorithm";
import * as collections from "@lumino/collections";
import * as commands from "@lumino/commands";
import * as coreutils from "@lumino/coreutils";
import * as disposable from "@lumino/disposable";
import * as domutils from "@lumino/domutils";
import * as dragdrop from "@lumino/dragdrop";
import * as keyboard from "@lumino/keyboard";
import * as messaging from "@lumino/messaging";
import * as polling from "@lumino/polling";
import * as properties from "@lumino/properties";
import * as signaling from "@lumino/signaling";
import * as virtualdom from "@lumino/virtualdom";
import * as widgets from "@lumino/widgets";

// The chunk with all controls has some of the same classes, which would otherwise be a file of both chunks.
export * as controls from "./controls.js";

/** The packages by their names. */
export const lumino = {
  "@lumino/algorithm": algorithm,
  "@lumino/collections": collections,
  "@lumino/commands": commands,
  "@lumino/coreutils": coreutils,
  "@lumino/disposable": disposable,
  "@lumino/domutils": domutils,
  "@lumino/dragdrop": dragdrop,
  "@lumino/keyboard": keyboard,
  "@lumino/messaging": messaging,
  "@lumino/polling": polling,
  "@lumino/properties": properties,
  "@lumino/signaling": signaling,
  "@lumino/virtualdom": virtualdom,
  "@lumino/widgets": widgets,
};
