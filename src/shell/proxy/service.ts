import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
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
	const credentials = pair(await read("cert"), await read("key"));
	const clientCredentials = pair(await read("client-cert"), await read("client-key"));
	const authorities = await read("ca");
	const clientAuthorities = await read("client-ca");
	checkPair(hop, "cert", credentials);
	checkPair(hop, "client-cert", clientCredentials);
	checkAuthorities(hop, "ca", authorities);
	checkAuthorities(hop, "client-ca", clientAuthorities);
	return { hop, credentials, clientCredentials, authorities, clientAuthorities };
}

/** What TLS would not take is said now, and not to every client. @throws HopError */
function checkPair({ name, options }: Hop, option: "cert" | "client-cert", credentials: Credentials | undefined): void {
	if (credentials === undefined) return;
	try {
		createSecureContext(credentials);
	} catch (error) {
		const files = `${options[option]} and ${options[option === "cert" ? "key" : "client-key"]}`;
		const { reason, message } = error as Error & { reason?: string };
		throw new HopError(`hop ${name}: ${option}: ${files} are no certificate with its key, PEM (${reason ?? message})`);
	}
}

/** A file without a certificate would be passed over without a word. @throws HopError */
function checkAuthorities({ name, options }: Hop, option: "ca" | "client-ca", pem: string | undefined): void {
	if (pem === undefined) return;
	const blocks = pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? [];
	try {
		if (blocks.length === 0) throw new Error("there is none in it");
		for (const block of blocks) new X509Certificate(block);
	} catch (error) {
		const { reason, message } = error as Error & { reason?: string };
		throw new HopError(`hop ${name}: ${option}: ${options[option]} has no certificates, PEM (${reason ?? message})`);
	}
}
