import { openSync } from "node:fs";
import { ReadStream } from "node:tty";

/** Where keys come from when standard input is the capture. @throws Error of the file system where there is no terminal */
export function controllingTerminal(): ReadStream {
	return new ReadStream(openSync("/dev/tty", "r+"));
}
