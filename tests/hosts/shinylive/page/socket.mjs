/** Gives the app in the frame its socket. */
import { PortSocket } from "./port-socket.mjs";

window.Shiny.createSocket = () => {
  const { port1, port2 } = new MessageChannel();
  parent.postMessage({ type: "socket", path: "/websocket/" }, "*", [port2]);
  return new PortSocket(port1);
};
