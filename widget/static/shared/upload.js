/** A file on its way, with its progress; XHR, because `fetch` tells none. */

import { Problem, problemOf } from './desk.js';

/**
 * @typedef {{id: string, name: string, media_type: string, size: number}} Upload
 *
 * @param {string} site
 * @param {File} file
 * @param {string | null} bearer
 * @param {(share: number) => void} progress 0 to 1
 * @returns {{done: Promise<Upload>, cancel: () => void}} `done` raises a Problem
 */
export function upload(site, file, bearer, progress) {
  const request = new XMLHttpRequest();
  /** @type {Promise<Upload>} */
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () => (request.status === 201 ? resolve(JSON.parse(request.responseText)) : reject(problemOf(request.responseText, request.status)));
    request.onerror = request.ontimeout = () => reject(new Problem('offline'));
    request.onabort = () => reject(new Problem('cancelled'));
  });
  const form = new FormData();
  form.append('file', file, file.name);
  request.open('POST', `/api/sites/${encodeURIComponent(site)}/files`);
  if (bearer) request.setRequestHeader('Authorization', `Bearer ${bearer}`);
  request.send(form);
  return { done, cancel: () => request.abort() };
}
