/** What the phone keeps: who it is, the last order, and what it still has to send (IndexedDB). */
import type { Report, View } from "./types";

export interface Photo {
  id: string;
  order: number;
  at: number;
  picture: Blob;
}

const STORES = ["reports", "photos", "view"] as const;
type Store = (typeof STORES)[number];

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("thalweg-crew", 1);
    asked.onupgradeneeded = () => {
      for (const name of STORES) asked.result.createObjectStore(name, { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

async function within<T>(
  store: Store,
  mode: IDBTransactionMode,
  ask: (all: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const asked = ask(transaction.objectStore(store));
    /* It is kept when the transaction is complete, not before. */
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

const byTime = (a: { at: number }, b: { at: number }): number => a.at - b.at;

export const kept = {
  addReport: (report: Report) => within("reports", "readwrite", (all) => all.put(report)),
  reports: async () =>
    (await within<Report[]>("reports", "readonly", (all) => all.getAll())).sort(byTime),
  dropReport: (id: string) => within("reports", "readwrite", (all) => all.delete(id)),
  addPhoto: (photo: Photo) => within("photos", "readwrite", (all) => all.put(photo)),
  photos: async () =>
    (await within<Photo[]>("photos", "readonly", (all) => all.getAll())).sort(byTime),
  dropPhoto: (id: string) => within("photos", "readwrite", (all) => all.delete(id)),
  keepView: (crew: string, view: View) =>
    within("view", "readwrite", (all) => all.put({ id: crew, view })),
  view: async (crew: string) =>
    (await within<{ view: View } | undefined>("view", "readonly", (all) => all.get(crew)))?.view ??
    null,
};
