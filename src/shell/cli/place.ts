import { isIP } from "node:net";
import { InvalidArgumentError } from "commander";

/** Where an API is listened for. */
export interface Place {
	host: string;
	port: number;
}

/** Reads `HOST:PORT` or `PORT`, then at loopback; errors show `port` as the example. */
export function place(port: number): (text: string) => Place {
	return (text) => {
		const parts = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/.exec(text);
		const given = Number(parts?.[3]);
		const host = parts?.[1] ?? parts?.[2] ?? "127.0.0.1";
		if (parts === null || given > 65_535 || (parts[1] !== undefined && isIP(parts[1]) !== 6)) {
			throw new InvalidArgumentError(`write HOST:PORT or PORT, IPv6 in brackets: 127.0.0.1:${port}; port 0 takes any free one.`);
		}
		return { host, port: given };
	};
}
