import { EventEmitter } from "node:events";
import { StringDecoder } from "node:string_decoder";

/** Milliseconds after which an escape octet is the escape key, and not the begin of something longer. */
const ALONE = 25;
/** Milliseconds that the rest of a sequence may take; what does not come whole is thrown away. */
const REST = 500;

/** Mouse (X10), function keys of the Linux console and of rxvt, control sequences, SS3, letters with Alt. */
const SEQUENCE = /\x1b+(?:\[M[\s\S]{3}|\[\[\d*[A-Za-z~]|\[\d+\$|\[[0-?]*[ -/]*[@-~]|O[\d;]*[A-Za-z]|[^\x1b])/y;
const UNFINISHED = /^\x1b+(?:\[(?!\d+\$)(?:M[\s\S]{0,2}|\[\d*|[0-?]*[ -/]*)?|O[\d;]*)?$/;

/** Text and sequences one by one, and the begin of a sequence whose end is still to come. */
export function splitInput(text: string): { pieces: string[]; rest: string } {
	const pieces: string[] = [];
	let at = 0;
	while (at < text.length) {
		const next = text.indexOf("\x1b", at);
		if (next !== at) {
			const end = next < 0 ? text.length : next;
			pieces.push(text.slice(at, end));
			at = end;
			continue;
		}
		if (UNFINISHED.test(text.slice(at))) break;
		SEQUENCE.lastIndex = at;
		const piece = SEQUENCE.exec(text)?.[0] ?? "\x1b";
		pieces.push(piece);
		at += piece.length;
	}
	return { pieces, rest: text.slice(at) };
}

/**
 * What blessed reads: one sequence at a time. It takes a read in which there is mouse for one mouse event and nothing else, so that of
 * a fast wheel, or of keys beside it, some would be lost; and it takes the halves of a sequence that came in two reads for keys.
 */
export class KeyInput extends EventEmitter {
	readonly #decoder = new StringDecoder("utf8");
	#rest = "";
	#timer: NodeJS.Timeout | undefined;

	feed(octets: Buffer): void {
		clearTimeout(this.#timer);
		const { pieces, rest } = splitInput(this.#rest + this.#decoder.write(octets));
		this.#rest = rest;
		for (const piece of pieces) this.#tell(piece);
		if (rest !== "") this.#timer = setTimeout(() => this.#flush(), /^\x1b+O?$/.test(rest) ? ALONE : REST);
	}

	/** What is left is not waited for. */
	close(): void {
		clearTimeout(this.#timer);
		this.#rest = "";
	}

	#flush(): void {
		const rest = this.#rest;
		this.#rest = "";
		if (/^\x1b+$/.test(rest)) for (const key of rest) this.#tell(key);
		else if (/^\x1b+[[O]$/.test(rest)) this.#tell(rest.slice(-2));
	}

	#tell(piece: string): void {
		this.emit("data", Buffer.from(piece));
	}
}
