import type { Direction } from "../../model/flow.js";
import type { Problem } from "../../model/problem.js";

/** What can be read of a handshake without any secret. */
export interface TlsFacts {
	serverName: string | undefined;
	alpnOffered: string[];
	/** in TLS 1.3 it is encrypted: known only with the handshake secrets */
	alpnChosen: string | undefined;
	/** "TLS 1.3" ... ; undefined until the ServerHello */
	version: string | undefined;
	/** IANA name (hex when the name is not known); undefined until the ServerHello */
	cipherSuite: string | undefined;
	/** hex, 64 digits */
	clientRandom: string | undefined;
	/** why no content can be shown, in one sentence; undefined when it can, or is not yet known */
	reason: string | undefined;
	/** session id, ticket or PSK of an earlier connection was accepted; absent until the ServerHello */
	resumed?: boolean;
}

export interface TlsSink {
	/** called when the ClientHello and again when the ServerHello or a reason is known (and when a reason has gone) */
	facts(facts: TlsFacts): void;
	/** decrypted application data in order; lent for this call */
	data(dir: Direction, buf: Buffer, start: number, end: number): void;
	/** decrypted octets are missing in this direction */
	gap(dir: Direction): void;
	/** close_notify or end of the stream, once per direction */
	closed(dir: Direction): void;
	/** offset: in the direction's encrypted stream */
	problem(dir: Direction, problem: Problem): void;
}

/** NSS key log: client random (hex) to label to secret. Several sources may be added at any time. */
export interface KeyLog {
	/** whole lines; malformed ones are counted, never thrown */
	add(text: string): void;
	/** `clientRandom`: 64 lower-case hex digits; `label` as in the log */
	secret(clientRandom: string, label: string): Buffer | undefined;
	/** secrets that are held */
	readonly size: number;
	/** grows with every secret added: who lacks a secret looks again when it has changed */
	readonly revision: number;
	/** false once no more secrets can come: connections without secrets are then given up at once, not held */
	readonly mayGrow: boolean;
	/** ask to hold `octets` of undecrypted records in the hope of a late secret; false: the common budget is used up */
	hold(octets: number): boolean;
	release(octets: number): void;
}
