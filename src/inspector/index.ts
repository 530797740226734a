/** The inspector's entry: starts the observer and shows the panel. */
import type { Inspected, Inspector } from "../widgets/inspected.js";
import { showPanel } from "./panel.js";
import { makeReport } from "./report.js";
import { Settled } from "./settled.js";
import { Snapshots } from "./snapshot.js";
import { WaitingList } from "./waiting.js";
import { Watch } from "./watch.js";

/** @param onClosed called when the inspector has been closed */
export async function openInspector(
  inspected: Inspected,
  onClosed: () => void,
): Promise<Inspector> {
  const watch = new Watch();
  const settled = new Settled();
  const snapshots = new Snapshots(inspected, settled);
  const waiting = new WaitingList(inspected, snapshots, settled);
  let open = true;

  const report: Inspector["report"] = async ({ values = false } = {}) => {
    await snapshots.ready();
    return JSON.stringify(makeReport(inspected, watch, snapshots, waiting, values), null, 2);
  };
  const close = (): void => {
    if (!open) return;
    open = false;
    hide();
    if (inspected.connection.debug.tap === watch) inspected.connection.debug.tap = undefined;
    onClosed();
  };
  await snapshots.ready();
  inspected.connection.debug.tap = watch;
  const hide = showPanel({ inspected, watch, snapshots, waiting, report, onClose: close });
  return { report, close };
}
