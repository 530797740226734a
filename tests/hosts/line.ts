/**
 * Numbered messages over connections that can drop: both ends of the line between a page and the host of its app.
 * Frames are texts: `m<number> <message>`, and `a<number>`, the number of messages that have arrived.
 */
export class NumberedLine {
  readonly #receive: (message: string) => void;
  readonly #sent: string[] = [];
  #firstSent = 0;
  #received = 0;
  #write: ((frame: string) => void) | undefined;

  /** @param receive gets each message of the other end once, in order */
  constructor(receive: (message: string) => void) {
    this.#receive = receive;
  }

  /** The number of messages that the other end has not acknowledged. */
  get pending(): number {
    return this.#sent.length;
  }

  send(message: string): void {
    this.#sent.push(message);
    this.#write?.(`m${this.#firstSent + this.#sent.length - 1} ${message}`);
  }

  /** Continues on a new connection: acknowledges all messages so far, and sends the unacknowledged ones again. */
  connect(write: (frame: string) => void): void {
    this.#write = write;
    write(`a${this.#received}`);
    this.#sent.forEach((message, at) => {
      write(`m${this.#firstSent + at} ${message}`);
    });
  }

  /** The connection has dropped; messages wait for the next. */
  disconnect(): void {
    this.#write = undefined;
  }

  /** Handles a frame of the other end. */
  accept(frame: string): void {
    const [kind] = frame;
    const space = frame.indexOf(" ");
    const number = Number(frame.slice(1, space < 0 ? undefined : space));
    if (kind === "a") {
      this.#sent.splice(0, number - this.#firstSent);
      this.#firstSent = Math.max(this.#firstSent, number);
    } else if (number === this.#received) {
      this.#received += 1;
      this.#write?.(`a${this.#received}`);
      this.#receive(frame.slice(space + 1));
    }
    // A message with a lower number has arrived before the drop.
  }
}
