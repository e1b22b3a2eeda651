import type { KeyLog } from "./types.js";

/** Labels of the NSS key log that decryption needs; all others are ignored (the exporter secrets, the obsolete RSA). */
export const LABELS = [
	"CLIENT_RANDOM",
	"CLIENT_EARLY_TRAFFIC_SECRET",
	"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
	"SERVER_HANDSHAKE_TRAFFIC_SECRET",
	"CLIENT_TRAFFIC_SECRET_0",
	"SERVER_TRAFFIC_SECRET_0",
] as const;
export type SecretLabel = (typeof LABELS)[number];

export interface KeyLogLimits {
	/** connections whose secrets are kept; the oldest are dropped beyond that */
	connections: number;
	/** octets of records that all connections together may hold while they wait for a secret */
	held: number;
}

const KNOWN: ReadonlySet<string> = new Set(LABELS);
/** Longest line that can be valid: label, two spaces, 64 and 128 hex digits. Anything longer is not read at all. */
const LONGEST_LINE = 31 + 2 + 64 + 128;

/** Secrets by client random, from NSS key log text (draft-ietf-tls-keylogfile). */
export class TlsKeyLog implements KeyLog {
	/** lines that are neither a comment nor `LABEL 64-hex-digits hex` */
	malformed = 0;
	/** well-formed lines with a label that is not needed */
	ignored = 0;
	revision = 0;
	size = 0;
	mayGrow = true;
	readonly #secrets = new Map<string, Map<string, Buffer>>();
	readonly #limits: KeyLogLimits;
	#held = 0;

	constructor(limits: Partial<KeyLogLimits> = {}) {
		this.#limits = { connections: limits.connections ?? 100_000, held: limits.held ?? 16 << 20 };
	}

	/** Takes whole lines, ended by LF, CRLF, CR or the end of the text. Whoever follows a growing file cuts it at line ends. */
	add(text: string): void {
		let at = 0;
		while (at < text.length) {
			let end = text.indexOf("\n", at);
			if (end < 0) end = text.length;
			this.#lines(text, at, end);
			at = end + 1;
		}
	}

	secret(clientRandom: string, label: string): Buffer | undefined {
		return this.#secrets.get(clientRandom)?.get(label);
	}

	/** No more secrets will be added. */
	complete(): void {
		this.mayGrow = false;
	}

	hold(octets: number): boolean {
		if (this.#held + octets > this.#limits.held) return false;
		this.#held += octets;
		return true;
	}

	release(octets: number): void {
		this.#held -= octets;
	}

	/** One LF-ended line, which in old Macintosh style may be several. */
	#lines(text: string, start: number, end: number): void {
		if (end - start > LONGEST_LINE && text.charCodeAt(start) !== 0x23 && text.lastIndexOf("\r", end - 2) < start) {
			this.malformed++;
			return;
		}
		for (const line of text.slice(start, end).split("\r")) this.#line(line.trim());
	}

	#line(line: string): void {
		if (line === "" || line.startsWith("#")) return;
		const match = line.length > LONGEST_LINE ? null : /^([A-Z0-9_]+)[ \t]+([0-9a-fA-F]+)[ \t]+([0-9a-fA-F]+)$/.exec(line);
		if (match === null) {
			this.malformed++;
			return;
		}
		const label = match[1] as string;
		const random = (match[2] as string).toLowerCase();
		const secret = match[3] as string;
		if (!KNOWN.has(label)) this.ignored++;
		else if (random.length !== 64 || !secretLengthFits(label, secret.length)) this.malformed++;
		else this.#store(random, label, Buffer.from(secret, "hex"));
	}

	#store(random: string, label: string, secret: Buffer): void {
		let labels = this.#secrets.get(random);
		if (labels === undefined) {
			labels = new Map();
			this.#secrets.set(random, labels);
			if (this.#secrets.size > this.#limits.connections) this.#dropOldest();
		}
		if (!labels.has(label)) this.size++;
		labels.set(label, secret);
		this.revision++;
	}

	#dropOldest(): void {
		for (const [random, labels] of this.#secrets) {
			this.size -= labels.size;
			this.#secrets.delete(random);
			return;
		}
	}
}

/** A TLS 1.2 master secret has 48 octets, a TLS 1.3 secret as many as its hash (SHA-256 or SHA-384). */
function secretLengthFits(label: string, digits: number): boolean {
	return digits === 96 || (digits === 64 && label !== "CLIENT_RANDOM");
}
