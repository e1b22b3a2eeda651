import { createCipheriv } from "node:crypto";
import { expandLabel } from "../../src/core/protocols/tls/key-schedule.js";

/** Makes TLS records by hand, for what the runtime never sends: KeyUpdate, 0-RTT, padding, broken tags. */
export const CLIENT_RANDOM = Buffer.alloc(32, 0xc1);

function vector(octets: 1 | 2 | 3, ...parts: Buffer[]): Buffer {
	const body = Buffer.concat(parts);
	const length = Buffer.alloc(octets);
	length.writeUIntBE(body.length, 0, octets);
	return Buffer.concat([length, body]);
}

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);

export function handshake(type: number, body: Buffer): Buffer {
	return Buffer.concat([Buffer.from([type]), vector(3, body)]);
}

export function record(type: number, body: Buffer, version = 0x0303): Buffer {
	return Buffer.concat([Buffer.from([type]), u16(version), vector(2, body)]);
}

const extension = (type: number, body: Buffer) => Buffer.concat([u16(type), vector(2, body)]);

export function clientHello(options: { earlyData?: boolean; sessionId?: Buffer } = {}): Buffer {
	const extensions = [extension(43, Buffer.from([2, 3, 4])), ...(options.earlyData ? [extension(42, Buffer.alloc(0))] : [])];
	const body = [
		u16(0x0303),
		CLIENT_RANDOM,
		vector(1, options.sessionId ?? Buffer.alloc(0)),
		vector(2, u16(0x1301)),
		vector(1, Buffer.from([0])),
		vector(2, ...extensions),
	];
	return record(22, handshake(1, Buffer.concat(body)), 0x0301);
}

export function serverHello(options: { suite?: number; version?: number; psk?: boolean } = {}): Buffer {
	const { suite = 0x1301, version = 0x0304, psk = false } = options;
	const extensions = [...(version > 0x0303 ? [extension(43, u16(version))] : []), ...(psk ? [extension(41, u16(0))] : [])];
	const body = [
		u16(Math.min(version, 0x0303)),
		Buffer.alloc(32, 0x5e),
		vector(1),
		u16(suite),
		Buffer.from([0]),
		...(extensions.length > 0 ? [vector(2, ...extensions)] : []),
	];
	return record(22, handshake(2, Buffer.concat(body)));
}

export const encryptedExtensions = (earlyData = false) => handshake(8, vector(2, ...(earlyData ? [extension(42, Buffer.alloc(0))] : [])));
export const finished = () => handshake(20, Buffer.alloc(32, 0xf1));
export const keyUpdate = () => handshake(24, Buffer.from([0]));
export const endOfEarlyData = () => handshake(5, Buffer.alloc(0));

/** One epoch of one direction of TLS_AES_128_GCM_SHA256. */
export class Sealer {
	#seq = 0;
	constructor(readonly secret: Buffer) {}

	static named(name: string): Sealer {
		return new Sealer(Buffer.alloc(32, name));
	}

	seal(type: number, content: string | Buffer, padding = 0): Buffer {
		const key = expandLabel("sha256", this.secret, "key", 16);
		const nonce = expandLabel("sha256", this.secret, "iv", 12);
		nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.#seq++) >>> 0, 8);
		const inner = Buffer.concat([Buffer.from(content), Buffer.from([type]), Buffer.alloc(padding)]);
		const head = Buffer.concat([Buffer.from([23, 3, 3]), u16(inner.length + 16)]);
		const cipher = createCipheriv("aes-128-gcm", key, nonce);
		cipher.setAAD(head);
		return Buffer.concat([head, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
	}

	updated(): Sealer {
		return new Sealer(expandLabel("sha256", this.secret, "traffic upd", 32));
	}
}

/** Both sides' epochs and the key log that opens them. */
export function connection() {
	const sealers = {
		early: Sealer.named("early"),
		clientHandshake: Sealer.named("client handshake"),
		serverHandshake: Sealer.named("server handshake"),
		client: Sealer.named("client application"),
		server: Sealer.named("server application"),
	};
	const line = (label: string, sealer: Sealer) => `${label} ${CLIENT_RANDOM.toString("hex")} ${sealer.secret.toString("hex")}\n`;
	return {
		...sealers,
		early0: line("CLIENT_EARLY_TRAFFIC_SECRET", sealers.early),
		handshakeLines:
			line("CLIENT_HANDSHAKE_TRAFFIC_SECRET", sealers.clientHandshake) + line("SERVER_HANDSHAKE_TRAFFIC_SECRET", sealers.serverHandshake),
		applicationLines: line("CLIENT_TRAFFIC_SECRET_0", sealers.client) + line("SERVER_TRAFFIC_SECRET_0", sealers.server),
	};
}
