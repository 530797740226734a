// src/shiny/native-socket.ts
var NATIVE = /\{\s*\[native code\]\s*\}$/;
function isNativeSocket(socket) {
  return isNativeMember(socket, "binaryType") && isNativeMember(socket, "onmessage");
}
function isNativeMember(socket, name) {
  const { get } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(socket) ?? {}, name) ?? {};
  if (Object.hasOwn(socket, name) || get?.name !== `get ${name}`) return false;
  try {
    get.call(socket);
    return NATIVE.test(Function.prototype.toString.call(get));
  } catch {
    return false;
  }
}
export {
  isNativeSocket
};
