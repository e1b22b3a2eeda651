import { createHmac } from "node:crypto";

/** PRF of TLS 1.2 (RFC 5246 §5) for AEAD suites: P_hash(secret, label + seed), the first `length` octets. */
export function prf12(hash: string, secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
	const full = Buffer.concat([Buffer.from(label, "latin1"), seed]);
	const out: Buffer[] = [];
	let a = full;
	for (let have = 0; have < length; ) {
		a = createHmac(hash, secret).update(a).digest();
		const block = createHmac(hash, secret).update(a).update(full).digest();
		out.push(block);
		have += block.length;
	}
	return Buffer.concat(out, length);
}

/** HKDF-Expand-Label with an empty context (RFC 8446 §7.1). */
export function expandLabel(hash: string, secret: Buffer, label: string, length: number): Buffer {
	const name = `tls13 ${label}`;
	const info = Buffer.alloc(4 + name.length);
	info.writeUInt16BE(length, 0);
	info[2] = name.length;
	info.write(name, 3, "latin1");
	const out: Buffer[] = [];
	let block: Buffer = Buffer.alloc(0);
	for (let have = 0, i = 1; have < length; i++) {
		block = createHmac(hash, secret)
			.update(block)
			.update(info)
			.update(Buffer.from([i]))
			.digest();
		out.push(block);
		have += block.length;
	}
	return Buffer.concat(out, length);
}
