/** The inspector's style, in Bootstrap's colours where the page has them. */

export const STYLE = `
:host {
  all: initial;
  color-scheme: inherit;
  --text: var(--bs-body-color, CanvasText);
  --dim: var(--bs-secondary-color, GrayText);
  --ground: var(--bs-body-bg, Canvas);
  --ground2: var(--bs-tertiary-bg, color-mix(in srgb, CanvasText 6%, Canvas));
  --line: var(--bs-border-color, color-mix(in srgb, CanvasText 25%, Canvas));
  --accent: var(--bs-link-color, LinkText);
  --bad: var(--bs-danger-text-emphasis, #b02a37);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
section {
  position: fixed;
  inset: auto 0 0 0;
  z-index: 2147483000;
  display: flex;
  flex-direction: column;
  height: min(24rem, 60vh);
  color: var(--text);
  background: var(--ground);
  border-block-start: 1px solid var(--line);
  box-shadow: 0 0 1rem rgb(0 0 0 / 25%);
  font: 13px/1.4 var(--bs-font-sans-serif, system-ui, sans-serif);
}
section.side {
  inset: 0 0 0 auto;
  width: min(40rem, 60vw);
  height: auto;
  border-block-start: 0;
  border-inline-start: 1px solid var(--line);
}
header, [role="tablist"], .filter { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; }
header { padding: .4rem .75rem; background: var(--ground2); border-block-end: 1px solid var(--line); }
h2 { margin: 0; font: inherit; font-weight: 600; }
.spacer { flex: 1; }
.summary { padding: .25rem .75rem; color: var(--dim); }
button, input, textarea { font: inherit; color: inherit; }
header button {
  padding: .1rem .6rem;
  background: var(--ground);
  border: 1px solid var(--line);
  border-radius: .25rem;
  cursor: pointer;
}
label { display: inline-flex; align-items: center; gap: .3rem; }
input[type="search"] { padding: .1rem .4rem; background: var(--ground); border: 1px solid var(--line); border-radius: .25rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
[role="tablist"] { gap: 0; padding-inline: .5rem; border-block-end: 1px solid var(--line); }
[role="tab"] { padding: .3rem .75rem; background: none; border: 0; border-block-end: 2px solid transparent; cursor: pointer; }
[role="tab"][aria-selected="true"] { border-block-end-color: var(--accent); font-weight: 600; }
[role="tab"].bad { color: var(--bad); }
[role="tabpanel"] { display: flex; flex: 1; flex-direction: column; min-height: 0; }
.filter { padding: .3rem .75rem; }
.table { display: flex; flex: 1; min-height: 0; }
.side .table { flex-direction: column; }
.scroll { flex: 1 1 70%; overflow: auto; padding-inline: .75rem; }
table { width: 100%; border-collapse: collapse; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td {
  padding: .15rem .4rem .15rem 0;
  text-align: start;
  vertical-align: top;
  border-block-end: 1px solid var(--line);
  overflow-wrap: anywhere;
  font-weight: 400;
}
thead th { position: sticky; inset-block-start: 0; color: var(--dim); background: var(--ground); white-space: nowrap; }
.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
tbody td:not(.number) { min-width: 6.3rem; }
tbody th { white-space: nowrap; }
tbody th, dd { font-family: var(--bs-font-monospace, monospace); font-size: 12px; }
tbody button { padding: 0; text-align: start; color: var(--accent); background: none; border: 0; font: inherit; text-decoration: underline; cursor: pointer; overflow-wrap: anywhere; }
tbody button[aria-pressed="true"] { font-weight: 700; }
.note { margin: 0; padding: .5rem 0; color: var(--dim); }
.details { flex: 1 1 30%; padding: .3rem .6rem; overflow: auto; background: var(--ground2); border-inline-start: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .5rem; margin: 0; }
dt { color: var(--dim); }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
textarea { flex: 1; margin: .5rem .75rem; background: var(--ground); }
@media (max-width: 40rem) {
  section, section.side { inset: auto 0 0 0; width: auto; height: 60vh; }
  .table { flex-direction: column; }
}
`;
