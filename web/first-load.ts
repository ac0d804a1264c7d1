interface ModuleGraph {
  getModuleInfo(id: string): { readonly isEntry: boolean; readonly importers: readonly string[] } | null;
}

/**
 * Names the file of what the page needs before it shows anything: all that is imported from its start without being
 * waited for. Left to itself the bundler makes a file of each small module that a later part needs as well.
 */
export function firstLoad(): (id: string, graph: ModuleGraph) => string | null {
  const known = new Map<string, boolean>();
  const isFirst = (id: string, graph: ModuleGraph): boolean => {
    const found = known.get(id);
    if (found !== undefined) return found;
    // Whoever asks again on the way round a cycle learns nothing new by it.
    known.set(id, false);
    const info = graph.getModuleInfo(id);
    const is = info !== null && (info.isEntry || info.importers.some((each) => isFirst(each, graph)));
    known.set(id, is);
    return is;
  };
  return (id, graph) => (isFirst(id, graph) ? 'first' : null);
}
