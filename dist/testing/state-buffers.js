// src/testing/state-buffers.ts
import { checkBufferPaths } from "../comm/buffers.js";
import { isPlainObject } from "../util/object.js";
function removeBuffers(state) {
  const buffer_paths = [];
  const buffers = [];
  const take = (value, path) => {
    buffers.push(value);
    buffer_paths.push(path);
  };
  return { state: split(state, [], take), buffer_paths, buffers };
}
function putBuffers(state, buffer_paths, buffers) {
  checkBufferPaths(state, buffer_paths, buffers.length);
  buffer_paths.forEach((path, index) => {
    let place = state;
    for (const key of path.slice(0, -1)) place = Reflect.get(place, key);
    Reflect.set(place, path.at(-1) ?? "", buffers[index]);
  });
}
function isBinary(value) {
  return ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}
function split(value, path, take) {
  if (Array.isArray(value)) {
    let result2 = value;
    value.forEach((item, index) => {
      const there = [...path, index];
      let without = null;
      if (isBinary(item)) take(item, there);
      else without = split(item, there, take);
      if (without === item) return;
      if (result2 === value) result2 = [...value];
      result2[index] = without;
    });
    return result2;
  }
  if (!isPlainObject(value)) return value;
  let result = value;
  for (const [key, item] of Object.entries(value)) {
    const there = [...path, key];
    const binary = isBinary(item);
    if (binary) take(item, there);
    const without = binary ? void 0 : split(item, there, take);
    if (without === item) continue;
    if (result === value) result = { ...value };
    if (binary) delete result[key];
    else result[key] = without;
  }
  return result;
}
export {
  isBinary,
  putBuffers,
  removeBuffers
};
