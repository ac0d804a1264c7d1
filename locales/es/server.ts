import type { serverEn } from '../en/server.ts';

export const serverEs: Readonly<Record<keyof typeof serverEn, string>> = {
  'server.no_route': 'No hay nada en esta dirección',
  'server.no_route.hint': 'La API se describe en /v1/openapi.json',
  'server.forbidden_host': 'Este servidor no responde al nombre «{host}»',
  'server.forbidden_host.hint': 'Llámalo por localhost o arráncalo con --insecure',
  'server.forbidden_caller': 'Solo una página de este servidor, o quien tenga su token, puede cambiar algo',
  'server.forbidden_caller.hint': 'Envía el token de .tregua/server.json como X-Tregua-Token',
  'server.too_large': 'Lo enviado es demasiado grande',
  'server.failed': 'Falló algo en Tregua; está en el registro del servidor',
  'server.no_upload': 'No hay un archivo enviado con el id «{id}»',
  'server.no_upload.hint':
    'Envíalo otra vez a /v1/import/files: lo enviado se olvida al reiniciar el servidor',
  'server.bad_body': 'El cuerpo no es el JSON que se espera{place, select, nowhere {} other { ({place})}}',
  'server.bad_body.hint': 'Mira /v1/openapi.json',
  'server.unknown_format': 'Ese formato no se conoce; existen: {known}',
  'server.unknown_kind': 'No existe el tipo «{name}»; existen: {known}',
  'server.open_address': 'Tregua aún no tiene cuentas: quien llegue a {host} lo vería todo',
  'server.open_address.hint': 'Usa 127.0.0.1 o añade --insecure si es lo que quieres',
  'server.bad_batch': '«{batch}» no es el número de una carga',
  'server.bad_mapping_header': 'X-Tregua-Mapping no está bien escrito',
  'server.bad_mapping_header.hint': 'Envía el texto del mapeo con encodeURIComponent',
  'server.port_in_use': 'El puerto {port} está ocupado',
  'server.port_in_use.hint': 'Elige otro con --port, por ejemplo --port 4101',
  'server.cannot_listen': 'No se puede escuchar en {host}:{port}',
};
