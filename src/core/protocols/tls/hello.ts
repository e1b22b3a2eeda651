/** What decryption and the facts need of a ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2). */
export interface ClientHello {
	random: Buffer;
	sessionId: Buffer;
	serverName: string | undefined;
	alpn: string[];
	/** early data (0-RTT) follows */
	earlyData: boolean;
}

export interface ServerHello {
	/** negotiated: supported_versions where present, else legacy_version */
	version: number;
	random: Buffer;
	sessionId: Buffer;
	suite: number;
	alpn: string | undefined;
	/** the server took the offered pre-shared key */
	pskChosen: boolean;
	/** it is a HelloRetryRequest (RFC 8446 §4.1.3) */
	retry: boolean;
}

const EXT_SERVER_NAME = 0;
const EXT_ALPN = 16;
const EXT_PRE_SHARED_KEY = 41;
const EXT_EARLY_DATA = 42;
const EXT_SUPPORTED_VERSIONS = 43;
const RETRY_RANDOM = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");

/** Reads big-endian vectors; past the end everything is zero and empty, so a cut message gives what it has. */
class Cursor {
	#at: number;
	constructor(
		readonly buf: Buffer,
		start: number,
		readonly end: number,
	) {
		this.#at = start;
	}
	get left(): number {
		return this.end - this.#at;
	}
	uint(octets: number): number {
		if (this.left < octets) {
			this.#at = this.end;
			return 0;
		}
		const value = this.buf.readUIntBE(this.#at, octets);
		this.#at += octets;
		return value;
	}
	take(octets: number): Buffer {
		const from = this.#at;
		this.#at = Math.min(this.end, from + octets);
		return this.buf.subarray(from, this.#at);
	}
	/** a vector with a length field of `octets` octets */
	vector(octets: number): Cursor {
		const length = this.uint(octets);
		const body = this.take(length);
		return new Cursor(body, 0, body.length);
	}
	rest(): Buffer {
		return this.take(this.left);
	}
}

function* extensions(from: Cursor): Generator<[number, Cursor]> {
	const list = from.vector(2);
	while (list.left >= 4) yield [list.uint(2), list.vector(2)];
}

function protocolNames(extension: Cursor): string[] {
	const list = extension.vector(2);
	const names: string[] = [];
	while (list.left > 0) names.push(list.vector(1).rest().toString("latin1"));
	return names;
}

/** Body of a ClientHello handshake message; undefined when not even the random is there. */
export function parseClientHello(buf: Buffer, start: number, end: number): ClientHello | undefined {
	if (end - start < 34) return undefined;
	const at = new Cursor(buf, start, end);
	at.uint(2);
	const hello: ClientHello = {
		random: Buffer.from(at.take(32)),
		sessionId: Buffer.from(at.vector(1).rest()),
		serverName: undefined,
		alpn: [],
		earlyData: false,
	};
	at.vector(2);
	at.vector(1);
	for (const [type, body] of extensions(at)) {
		if (type === EXT_SERVER_NAME) {
			const list = body.vector(2);
			if (list.uint(1) === 0) hello.serverName = list.vector(2).rest().toString("latin1") || undefined;
		} else if (type === EXT_ALPN) hello.alpn = protocolNames(body);
		else if (type === EXT_EARLY_DATA) hello.earlyData = true;
	}
	return hello;
}

/** Body of a ServerHello or HelloRetryRequest; undefined when it ends before the cipher suite. */
export function parseServerHello(buf: Buffer, start: number, end: number): ServerHello | undefined {
	if (end - start < 38) return undefined;
	const at = new Cursor(buf, start, end);
	const hello: ServerHello = {
		version: at.uint(2),
		random: Buffer.from(at.take(32)),
		sessionId: Buffer.from(at.vector(1).rest()),
		suite: at.uint(2),
		alpn: undefined,
		pskChosen: false,
		retry: false,
	};
	at.uint(1);
	for (const [type, body] of extensions(at)) {
		if (type === EXT_SUPPORTED_VERSIONS) hello.version = body.uint(2);
		else if (type === EXT_ALPN) hello.alpn = protocolNames(body)[0];
		else if (type === EXT_PRE_SHARED_KEY) hello.pskChosen = true;
	}
	hello.retry = hello.random.equals(RETRY_RANDOM);
	return hello;
}

/** Body of EncryptedExtensions (TLS 1.3): the chosen protocol, and whether early data was accepted. */
export function parseEncryptedExtensions(buf: Buffer, start: number, end: number): { alpn: string | undefined; earlyData: boolean } {
	let alpn: string | undefined;
	let earlyData = false;
	for (const [type, body] of extensions(new Cursor(buf, start, end))) {
		if (type === EXT_ALPN) alpn = protocolNames(body)[0];
		else if (type === EXT_EARLY_DATA) earlyData = true;
	}
	return { alpn, earlyData };
}
