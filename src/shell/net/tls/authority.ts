import { randomBytes, webcrypto } from "node:crypto";
import { link, mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { provideReflectMetadata } from "./reflect.js";

type X509 = typeof import("@peculiar/x509");
type Certificate = InstanceType<X509["X509Certificate"]>;

/** A certificate with its issuers and its key, PEM. */
export interface Credentials {
	cert: string;
	key: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Some clients refuse certificates that are valid for longer than 398 days. */
const LEAF_DAYS = 90;
/** Certificates are made anew when they have less than this left. */
const RENEW = 7 * DAY;
const MOST_LEAVES = 1000;
/** the certificate alone, for clients to trust */
const PUBLIC_FILE = "ca.pem";
/** certificate and key */
const PRIVATE_FILE = "ca-with-key.pem";

/** Where the local authority lives unless told otherwise: the user's configuration folder. */
export function defaultAuthorityFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
	const base = process.platform === "win32" ? env["APPDATA"] : env["XDG_CONFIG_HOME"];
	return join(base || join(homedir(), ".config"), "mitmsrp");
}

/**
 * A certificate authority of this user alone, made on first use. It issues a certificate for any name asked for, so that a client
 * that trusts `ca.pem` in its folder accepts mitmsrp in place of any server. The key is readable by the user only.
 */
export class LocalAuthority {
	/** the file that clients have to trust */
	readonly file: string;
	readonly #x509: X509;
	readonly #certificate: Certificate;
	readonly #key: webcrypto.CryptoKey;
	readonly #leafKeys: webcrypto.CryptoKeyPair;
	readonly #leafKeyPem: string;
	readonly #leaves = new Map<string, { until: number; credentials: Promise<Credentials> }>();

	private constructor(
		x509: X509,
		file: string,
		certificate: Certificate,
		key: webcrypto.CryptoKey,
		leafKeys: webcrypto.CryptoKeyPair,
		leafKeyPem: string,
	) {
		this.#x509 = x509;
		this.file = file;
		this.#certificate = certificate;
		this.#key = key;
		this.#leafKeys = leafKeys;
		this.#leafKeyPem = leafKeyPem;
	}

	/** Reads the authority of a folder, or makes one. Rejects with the error of the file system, or with what is wrong with the file. */
	static async open(folder: string): Promise<LocalAuthority> {
		const x509 = await load();
		const path = join(folder, PRIVATE_FILE);
		const text = await readFile(path, "utf8").catch(async (error: NodeJS.ErrnoException) => {
			if (error.code !== "ENOENT") throw error;
			return create(x509, folder, path);
		});
		const { subtle } = webcrypto;
		let certificate: Certificate;
		let key: webcrypto.CryptoKey;
		try {
			certificate = new x509.X509Certificate(block(text, "CERTIFICATE"));
			const der = x509.PemConverter.decodeFirst(block(text, "PRIVATE KEY"));
			key = await subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
		} catch {
			throw new Error(`${path}: this is no certificate with a P-256 key; remove the file to have a new authority made`);
		}
		const leafKeys = (await subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
		const leafKey = x509.PemConverter.encode(await subtle.exportKey("pkcs8", leafKeys.privateKey), "PRIVATE KEY");
		return new LocalAuthority(x509, join(folder, PUBLIC_FILE), certificate, key, leafKeys, leafKey);
	}

	/** A certificate for a host name or address; the same one for some weeks. */
	leaf(name: string): Promise<Credentials> {
		const known = this.#leaves.get(name);
		if (known !== undefined && known.until > Date.now()) return known.credentials;
		const credentials = this.#issue(name);
		this.#leaves.delete(name);
		this.#leaves.set(name, { until: Date.now() + LEAF_DAYS * DAY - RENEW, credentials });
		if (this.#leaves.size > MOST_LEAVES) this.#leaves.delete(this.#leaves.keys().next().value!);
		credentials.catch(() => this.#leaves.delete(name));
		return credentials;
	}

	async #issue(name: string): Promise<Credentials> {
		const x509 = this.#x509;
		const kind = isIP(name) === 0 ? "dns" : "ip";
		const certificate = await x509.X509CertificateGenerator.create({
			serialNumber: serial(),
			// A common name has room for 64 characters (RFC 5280 appendix A.1); what counts is the alternative name.
			subject: [{ CN: [name.slice(0, 64)] }],
			issuer: this.#certificate.subjectName,
			notBefore: new Date(Date.now() - DAY),
			notAfter: new Date(Math.min(Date.now() + LEAF_DAYS * DAY, this.#certificate.notAfter.getTime())),
			signingAlgorithm: ALGORITHM,
			publicKey: this.#leafKeys.publicKey,
			signingKey: this.#key,
			extensions: [
				new x509.BasicConstraintsExtension(false, undefined, true),
				new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
				new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
				new x509.SubjectAlternativeNameExtension([{ type: kind, value: name }]),
				await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
			],
		});
		return { cert: `${certificate.toString("pem")}\n${this.#certificate.toString("pem")}\n`, key: this.#leafKeyPem };
	}
}

async function load(): Promise<X509> {
	provideReflectMetadata();
	const x509 = await import("@peculiar/x509");
	x509.cryptoProvider.set(webcrypto as never);
	return x509;
}

async function create(x509: X509, folder: string, path: string): Promise<string> {
	const { subtle } = webcrypto;
	const keys = (await subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		serialNumber: serial(),
		name: [{ CN: ["mitmsrp local authority"] }, { O: ["mitmsrp"] }],
		notBefore: new Date(Date.now() - DAY),
		notAfter: new Date(Date.now() + AUTHORITY_DAYS * DAY),
		signingAlgorithm: ALGORITHM,
		keys,
		extensions: [
			new x509.BasicConstraintsExtension(true, 0, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	const key = x509.PemConverter.encode(await subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
	const text = `${certificate.toString("pem")}\n${key}\n`;
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const draft = `${path}.${randomBytes(6).toString("hex")}`;
	await writeFile(draft, text, { mode: 0o600, flag: "wx" });
	try {
		// Of two that start at the same time one is first, and both use its authority.
		await link(draft, path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return await readFile(path, "utf8");
		throw error;
	} finally {
		await unlink(draft);
	}
	await writeFile(`${draft}.pub`, `${certificate.toString("pem")}\n`, { mode: 0o644, flag: "wx" });
	await rename(`${draft}.pub`, join(folder, PUBLIC_FILE));
	return text;
}

/** Positive, 16 octets (RFC 5280 §4.1.2.2). */
function serial(): string {
	const octets = randomBytes(16);
	octets[0] = (octets[0]! & 0x7f) | 0x40;
	return octets.toString("hex");
}

function block(text: string, label: string): string {
	const begin = text.indexOf(`-----BEGIN ${label}-----`);
	const mark = `-----END ${label}-----`;
	const end = text.indexOf(mark, begin);
	if (begin < 0 || end < 0) throw new Error(`there is no ${label}`);
	return text.slice(begin, end + mark.length);
}
