import { closeSync, openSync, readSync, statSync } from "node:fs";
import { SecretsScan } from "../../core/capture/secrets-scan.js";

const BLOCK = 4 << 20;
const PCAPNG = 0x0a0d0d0a;

/**
 * TLS key logs anywhere in a pcapng file, read before its packets; undefined where that cannot be done: no regular file,
 * no pcapng (gzip neither), or it cannot be read, which whoever opens it next will say.
 *
 * @param limit octets of the largest block that is taken in
 */
export function collectSecrets(path: string, limit: number): readonly string[] | undefined {
	let file: number;
	try {
		if (!statSync(path).isFile()) return undefined;
		file = openSync(path, "r");
	} catch {
		return undefined;
	}
	try {
		const block = Buffer.allocUnsafeSlow(BLOCK);
		const scan = new SecretsScan(limit);
		let position = 0;
		for (;;) {
			const octets = readSync(file, block, 0, BLOCK, position);
			if (octets === 0) break;
			if (position === 0 && (octets < 4 || block.readUInt32BE(0) !== PCAPNG)) return undefined;
			position += octets;
			scan.feed(block.subarray(0, octets));
			if (scan.over) break;
			position += scan.skip();
		}
		return scan.keyLogs;
	} catch {
		return undefined;
	} finally {
		closeSync(file);
	}
}
