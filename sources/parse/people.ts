/** Who is on each image, told from the folders it lies in. */
export interface People {
  /** Per path: index in `classes`, or -1 for a path that lies above the people. */
  labels: Int32Array;
  /** Folder names, sorted by code units: '10' comes before '2'. */
  classes: string[];
}

/**
 * The person of an image is the first folder in which the paths differ: folders that all share ('imgs/') say nothing,
 * and what lies below a person ('001/frontal/01.jpg') is theirs.
 */
export function peopleOf(paths: readonly string[]): People {
  const folders = paths.map((path) => path.split('/').slice(0, -1));
  // A stray file above the people must not make the folder they all lie in a person.
  const level = sharedFolders(folders.filter((list) => list.length > 0));
  const names = folders.map((list) => list[level]);
  const classes = [...new Set(names)].filter((name) => name !== undefined).toSorted();
  const labelOf = new Map(classes.map((name, label) => [name, label]));
  return { labels: Int32Array.from(names, (name) => (name === undefined ? -1 : labelOf.get(name)!)), classes };
}

// A person's own folder is never counted as shared, or a set of one person would have none.
function sharedFolders(folders: readonly string[][]): number {
  const first = folders[0] ?? [];
  let level = first.length - 1;
  for (const list of folders) {
    level = Math.min(level, list.length - 1);
    for (let i = 0; i < level; i += 1) if (list[i] !== first[i]) level = i;
  }
  return Math.max(level, 0);
}
