/** One import: read again while it is worked on, changed as a person corrects it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, api, ok, type Schemas } from "../../api/client.ts";
import { toast } from "../../components/Toast.tsx";
import { useWords } from "../../lib/language.ts";
import "../../words/imports.ts";

export type Import = Schemas["ImportWithRowsOut"];
export type Changes = Schemas["ImportPatch"];

/** milliseconds between two looks while a job is under way */
const WATCHED = 1_000;

export const isWorking = (one: Schemas["ImportOut"]): boolean =>
  one.job !== null && ["waiting", "running"].includes(one.job.status);

export function useImport(id: number) {
  return useQuery({
    queryKey: ["imports", id],
    queryFn: () => ok(api.GET("/api/v1/imports/{import_id}", { params: { path: { import_id: id } } })),
    refetchInterval: ({ state }) => (state.data && isWorking(state.data) ? WATCHED : false),
  });
}

/** Saves a change at once; what somebody else changed meanwhile is read again and said. */
export function useChange(one: Import) {
  const t = useWords();
  const client = useQueryClient();
  const key = ["imports", one.id];
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: Changes) =>
      ok(
        api.PATCH("/api/v1/imports/{import_id}", {
          params: { path: { import_id: one.id } },
          headers: { "If-Match": `"${one.revision}"` },
          body,
        }),
      ),
    onSuccess: (changed) => client.setQueryData(key, changed),
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) toast(t("import.stale"), "bad");
      else if (!(error instanceof ApiError) || error.status !== 422) toast(error.message, "bad");
      void client.invalidateQueries({ queryKey: key });
    },
  });
}

/** Starts the dry run or the run, or stops it. */
export function useWork(one: Import) {
  const client = useQueryClient();
  const options = { params: { path: { import_id: one.id } } };
  return useMutation({
    mutationFn: (what: "check" | "run" | "cancel") => {
      if (what === "check") return ok(api.POST("/api/v1/imports/{import_id}/check", options));
      if (what === "run") return ok(api.POST("/api/v1/imports/{import_id}/run", options));
      return ok(api.POST("/api/v1/imports/{import_id}/cancel", options));
    },
    onSuccess: (changed) => client.setQueryData(["imports", one.id], changed),
    onSettled: () => client.invalidateQueries({ queryKey: ["imports"] }),
  });
}
