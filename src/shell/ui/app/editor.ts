import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Octets in the user's editor, which has the terminal meanwhile. Undefined where nothing was changed. The file is readable by the user
 * only and is removed afterwards.
 *
 * @throws Error where the editor cannot be run or fails
 */
export async function editInEditor(octets: Buffer, editor: string): Promise<Buffer | undefined> {
	const folder = await mkdtemp(join(tmpdir(), "mitmsrp-"));
	const file = join(folder, "message.txt");
	try {
		await writeFile(file, octets, { mode: 0o600 });
		await new Promise<void>((resolve, reject) => {
			// $EDITOR may have arguments; the shell takes it apart as it does everywhere else.
			const child = spawn("sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" });
			child.on("error", (error) => reject(new Error(`${editor} cannot be run: ${error.message}`)));
			child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${editor} ended with ${code}: nothing was changed`))));
		});
		const edited = await readFile(file);
		return edited.equals(octets) ? undefined : edited;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
