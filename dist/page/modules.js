// src/page/modules.ts
import { sharedPage } from "./shared.js";
function registerWidgetModule(name, version, load) {
  const { modules } = sharedPage();
  const registered = { name, version, load };
  modules.push(registered);
  return () => {
    const index = modules.indexOf(registered);
    if (index >= 0) modules.splice(index, 1);
  };
}
export {
  registerWidgetModule
};
