import { readFile } from "node:fs/promises";
import type { Credentials } from "../net/tls/authority.js";
import type { Hop } from "./hop.js";
import { HopError } from "./hop-options.js";
import type { HopState } from "./hop-state.js";

/** A hop with what its files say. */
export interface Service {
	hop: Hop;
	/** undefined: of a listener that is no hop */
	state?: HopState;
	/** shown to clients; undefined: the local authority issues one */
	credentials: Credentials | undefined;
	/** shown to the target */
	clientCredentials: Credentials | undefined;
	/** further authorities for the target */
	authorities: string | undefined;
	/** authorities of client certificates */
	clientAuthorities: string | undefined;
	/** takes the certificates (DER) that the ends of an anchored session have shown; answers what is wrong with them */
	shown?(end: "target" | "opener", certificate: Buffer | undefined): string | undefined;
}

/** Reads the files of a hop. @throws HopError naming the option and the file */
export async function prepare(hop: Hop): Promise<Service> {
	const { options } = hop;
	const read = async (option: "cert" | "key" | "ca" | "client-cert" | "client-key" | "client-ca"): Promise<string | undefined> => {
		const path = options[option];
		if (path === undefined) return undefined;
		return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
			throw new HopError(`hop ${hop.name}: ${option}: ${path} cannot be read (${error.code})`);
		});
	};
	const pair = (cert: string | undefined, key: string | undefined): Credentials | undefined =>
		cert === undefined || key === undefined ? undefined : { cert, key };
	return {
		hop,
		credentials: pair(await read("cert"), await read("key")),
		clientCredentials: pair(await read("client-cert"), await read("client-key")),
		authorities: await read("ca"),
		clientAuthorities: await read("client-ca"),
	};
}
