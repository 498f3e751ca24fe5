/** A command the person at the terminal has to say differently. */
export class Wrong extends Error {
  /** What there is to say instead, at length: for people only. */
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.help = help;
  }
}
