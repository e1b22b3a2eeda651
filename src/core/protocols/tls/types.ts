import type { Direction } from "../../model/flow.js";
import type { Problem } from "../../model/problem.js";

/** What can be read of a handshake without any secret. */
export interface TlsFacts {
	serverName: string | undefined;
	alpnOffered: string[];
	alpnChosen: string | undefined;
	/** "TLS 1.3" ... ; undefined until the ServerHello */
	version: string | undefined;
	/** IANA name; undefined until the ServerHello */
	cipherSuite: string | undefined;
	/** hex, 64 digits */
	clientRandom: string | undefined;
	/** why no content can be shown, in one sentence; undefined when it can */
	reason: string | undefined;
}

export interface TlsSink {
	/** called when the ClientHello and again when the ServerHello or a reason is known */
	facts(facts: TlsFacts): void;
	/** decrypted application data in order; lent for this call */
	data(dir: Direction, buf: Buffer, start: number, end: number): void;
	/** decrypted octets are missing in this direction */
	gap(dir: Direction): void;
	closed(dir: Direction): void;
	problem(dir: Direction, problem: Problem): void;
}

/** NSS key log: client random (hex) to label to secret. Several sources may be added at any time. */
export interface KeyLog {
	add(text: string): void;
	secret(clientRandom: string, label: string): Buffer | undefined;
	readonly size: number;
}
