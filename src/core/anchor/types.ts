/**
 * How MSRP is led through the tool: `path` rewrites a=path (and c=/m= that repeat it) and the path headers of MSRP; `cema` changes
 * c=/m= alone where the description has a=msrp-cema (RFC 6714), else as `path`; `relay` puts a relay into the path (RFC 4976).
 */
export type AnchorMode = "path" | "cema" | "relay";

/** A listener that is wanted: what connects to it is to be taken to the target. */
export interface AnchorRequest {
	/** for messages and `flow.hop` */
	name: string;
	/** address of ours that whoever shall connect can reach */
	host: string;
	/** TLS on both sides (msrps) */
	secure: boolean;
	/** the end announces its certificate (a=fingerprint): it is shown the one of all such sessions, whose name counts for nothing */
	announced: boolean;
	/** undefined: the end connects itself, nothing is listened for; what it is told of is the certificate that is shown in its place */
	target: { host: string; port: number } | undefined;
	/** Takes the certificate (DER) that an end has shown, or undefined; answers what is wrong with it. */
	shown(end: "target" | "opener", certificate: Buffer | undefined): string | undefined;
}

/** A listener that was opened. */
export interface AnchorPort {
	host: string;
	port: number;
	/** of the certificate shown on both sides, as in a=fingerprint: "SHA-256 AB:CD:…"; secure ones only */
	fingerprint?: string;
	/** Accepts nothing any more; connections that are open go on. */
	close(): void;
}

/** The listeners of whoever has sockets. */
export interface AnchorPorts {
	/**
	 * Opens a listener and answers, at once or later, exactly once: with the listener, or with the reason why there is none.
	 * `closed` is called when the listener has been idle for so long that it was closed.
	 */
	open(request: AnchorRequest, answer: (result: AnchorPort | { refused: string }) => void, closed: () => void): void;
	/** A URI that a relay of ours has given to a client: what is sent to it comes through the tool already. */
	owns?(uri: string): boolean;
}
