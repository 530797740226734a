/** Loads the client's chunks. */

/** Set by the build: for each chunk the hash in its file's name, and the chunks that it imports. */
declare const CHUNKS: Readonly<Record<string, string>>;
/** Set by the build: for each style sheet of a chunk the hash in its file's name. */
declare const STYLES: Readonly<Record<string, string>>;
/** Set by the build: the key under which chunks find the loader. */
declare const CHUNK_LOADER: string;

/** The chunk that all others import. */
const START = "start";

/** The exports of this script's modules that chunks use. The build fills it, at the end of the script. */
export const scriptExports = {};

export interface ChunkLoader {
  /** The script and the chunks that have run, by their names. */
  readonly modules: Record<string, unknown>;
  /** Returns the address of a style sheet. */
  style(name: string): string;
  /** Starts the download of a chunk and of its imports, in parallel. */
  preload(name: string): void;
  /** Loads a chunk after its imports. After a failed download, the next call requests the file again. */
  load(name: string): Promise<unknown>;
}

/**
 * Makes the loader, and puts it on the page for the chunks. It alone knows the names of files: these change
 * with the contents, so a file that named others would change whenever they do. The build replaces imports
 * of other chunks by uses of the loader.
 *
 * @param folder the address of the files' folder
 */
export function chunkLoader(folder: string): ChunkLoader {
  const preloaded = new Set<string>();
  const modules: Record<string, unknown> = { script: scriptExports };
  const parts = (name: string): [file: string, imports: string[]] => {
    const [hash, ...imports] = CHUNKS[name]?.split(" ") ?? [];
    return [`${folder}${name}-${hash}.js`, name === START ? imports : [START, ...imports]];
  };
  const loader: ChunkLoader = {
    modules,
    style: (name) => `${folder}${name}-${STYLES[name]}.css`,
    preload(name) {
      if (preloaded.has(name)) return;
      preloaded.add(name);
      const [file, imports] = parts(name);
      const link = document.createElement("link");
      link.rel = "modulepreload";
      link.href = file;
      document.head.append(link);
      imports.forEach(loader.preload);
    },
    async load(name) {
      if (modules[name]) return modules[name];
      const [file, imports] = parts(name);
      if (imports.some((each) => !modules[each])) loader.preload(name);
      for (const each of imports) await loader.load(each);
      modules[name] = await import(file);
      return modules[name];
    },
  };
  (globalThis as Record<symbol, unknown>)[Symbol.for(CHUNK_LOADER)] = loader;
  return loader;
}
