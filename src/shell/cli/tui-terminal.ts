import { join } from "node:path";
import type { ClassifyOptions } from "../../core/classify/classify.js";
import { defaultAuthorityFolder } from "../net/tls/authority.js";
import { KeyFileError, keymapOf, parseKeyFile } from "../ui/keys/key-file.js";
import type { Keymap } from "../ui/keys/keymap.js";
import type { TuiOptions } from "../ui/open-tui.js";
import { depthOf } from "../ui/theme/sgr.js";
import type { ClassifyRequest } from "./classify-options.js";
import type { ColourChoice } from "./colours.js";
import type { Io } from "./io.js";
import type { TuiFlags } from "./tui-options.js";

/** What all commands tell the terminal user interface: keys, colours, where it is drawn. @throws KeyFileError */
export async function tuiSettings(
	flags: TuiFlags & { color: ColourChoice },
	io: Io,
	classify: ClassifyRequest,
): Promise<Omit<TuiOptions, "title" | "phase">> {
	const configFolder = defaultAuthorityFolder(io.env);
	const editor = io.env["VISUAL"] || io.env["EDITOR"];
	return {
		terminal: io.terminal!(),
		keys: await keysOf(flags, configFolder, io),
		theme: flags.theme,
		depth: depthOf(io.env, flags.color),
		classify: classifyOptions(classify),
		configFolder,
		...(editor ? { editor } : {}),
	};
}

function classifyOptions({ level = "uri", rules = "both" }: ClassifyRequest): ClassifyOptions {
	return { level, rules };
}

async function keysOf({ keys, keyFile }: TuiFlags, folder: string, io: Io): Promise<Keymap> {
	const path = keyFile ?? join(folder, "keys.yaml");
	let text: string;
	try {
		text = await io.readFile(path);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (keyFile === undefined && code === "ENOENT") return keymapOf(keys);
		throw new KeyFileError(`${path}: the key file cannot be read (${code}); check its name and mode`);
	}
	const { set, bindings } = parseKeyFile(text, path);
	return keymapOf(set ?? keys, bindings);
}
