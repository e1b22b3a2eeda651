import { readFile } from "node:fs/promises";
import { createFocus, type Focus, PlaceError } from "../../demo/index.js";
import { parsePlace, type TlsIdentity } from "../net/links/link.js";
import { defaultAuthorityFolder, LocalAuthority } from "../net/tls/authority.js";
import type { DemoFlags } from "./demo-options.js";
import { CLEAN, fail } from "./fail.js";
import type { Io } from "./io.js";

/** Runs `mitmsrp demo --focus-only` until it is interrupted; gives the exit code. */
export async function focusCommand(flags: DemoFlags, io: Io): Promise<number> {
	if ((flags.cert === undefined) !== (flags.key === undefined)) return fail(io, "--cert and --key belong together: give both, or none");
	let focus: Focus;
	try {
		focus = await createFocus({
			listen: flags.listen ?? ["tcp://127.0.0.1:0"],
			groups: [{ uri: "sip:kitesurf@im.example.com", subject: "Kitesurf" }],
			...(flags.msrp === undefined ? {} : { msrp: flags.msrp }),
			...(await identity(flags)),
		});
	} catch (error) {
		if (error instanceof PlaceError) return fail(io, error.message);
		const { code, message, path } = error as NodeJS.ErrnoException;
		if (code === undefined) throw error;
		if (path !== undefined) return fail(io, `${path} cannot be read (${code}); check its name and mode`);
		return fail(io, `${message}: choose another port, or 0 for any free one`);
	}
	const { address, port } = focus.msrp;
	if (flags.json) {
		const msrp = { address, port };
		io.stdout.write(
			`${JSON.stringify({ event: "ready", sip: focus.places, msrp, factory: focus.factory, groups: ["sip:kitesurf@im.example.com"] })}\n`,
		);
	} else {
		for (const place of focus.places) io.stderr.write(`mitmsrp: focus listening for SIP at ${place}\n`);
		io.stderr.write(`mitmsrp: MSRP at ${address} port ${port}; call ${focus.factory} or sip:kitesurf@im.example.com\n`);
	}
	await new Promise<void>((resolve) => {
		if (io.signal.aborted) resolve();
		else io.signal.addEventListener("abort", () => resolve(), { once: true });
	});
	await focus.close();
	return CLEAN;
}

/** The certificate for TLS places: the one given, or one of the local authority for the first of their hosts. */
async function identity({ listen = [], msrp, cert, key, caDir }: DemoFlags): Promise<{ tls?: TlsIdentity }> {
	if (cert !== undefined && key !== undefined) return { tls: { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") } };
	const secure = [...listen, ...(msrp === undefined ? [] : [msrp])].find((place) => /^(tls|wss):/.test(place));
	if (secure === undefined) return {};
	const authority = await LocalAuthority.open(caDir ?? defaultAuthorityFolder());
	return { tls: await authority.leaf(parsePlace(secure).host) };
}
