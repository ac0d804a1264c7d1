import type { storeEn } from '../en/store.ts';

export const storeEs: Readonly<Record<keyof typeof storeEn, string>> = {
  'store.no_home': 'La carpeta {home} no existe',
  'store.no_home.hint': 'Créala con: tregua init {home}',
  'store.home_is_file': '{home} es un archivo, no una carpeta',
  'store.home_read_only': 'No se puede escribir en {home}',
  'store.home_read_only.hint': 'Elige otra carpeta o pide permiso para escribir en ella',
  'store.no_agreement': 'No hay un tregua.yaml en {home}',
  'store.no_agreement.hint': 'Crea uno con: tregua init',
  'store.agreement_unreadable': 'No se puede leer el tregua.yaml de {home}',
  'store.busy': 'Otro Tregua (proceso {pid}) trabaja en esta carpeta',
  'store.busy.hint': 'Espera a que termine y vuelve a intentarlo',
  'store.disk_full': 'El disco está lleno (quedan {free, number} MB): no se cambió nada',
  'store.disk_full.hint': 'Haz sitio e inténtalo otra vez; lo que había está entero',
  'store.kept_uncounted': '{file} está guardado, pero el disco está demasiado lleno para contarlo',
  'store.kept_uncounted.hint': 'Haz sitio: el siguiente comando lo cuenta; no hace falta importarlo otra vez',
  'store.cut_short': 'La tabla {table} quedó cortada: el almacén no se pudo leer hasta el final',
  'store.cut_short.hint': 'Descarta lo que llegó y ejecuta: tregua rebuild',
  'store.rebuilt': 'El almacén estaba dañado: se rehízo desde el registro, y el anterior queda como {file}',
  'store.entry_unread':
    '{file} (carga {entry, number}, {source}) no se pudo leer: las cifras no lo cuentan. {reason}',
  'store.entry_unread.hint': 'Impórtalo otra vez con un mapeo correcto; lo demás sigue contando',
  'store.not_taken': '{file} no se pudo leer: no se guardó nada. {reason}',
  'store.not_taken.hint': 'Revisa su mapeo; si está bien, es un error de Tregua: avisa con este texto',
  'store.unknown_batch': 'No existe la carga {batch}',
  'store.unknown_batch.hint': 'Las que hay: tregua batches',
  'store.nothing_of_source': 'De «{source}» no cuenta nada',
  'store.nothing_of_source.hint': 'Las fuentes que hay: tregua batches',
  'store.undone_before': 'La carga {batch} ({file}) ya estaba deshecha',
  'store.undone_before.hint': 'Para que vuelva a contar, impórtala otra vez',
  'store.no_rejects_file': '{file} no es un archivo de filas rechazadas',
  'store.no_rejects_file.hint':
    'Descárgalo de los rechazos, corrige sus celdas y deja las columnas tregua_batch y tregua_line como están',
  'store.rejects_unchanged':
    'No hay nada corregido en {file}: {untouched, plural, one {su fila sigue como cuando se rechazó} other {sus # filas siguen como cuando se rechazaron}}',
  'store.rejects_unchanged.hint':
    'Corrige la celda que dice tregua_column, guarda el archivo y tráelo otra vez; para leerlas todas con otro mapeo: tregua retry',
  'store.rejects_unknown':
    '{unknown, plural, one {Una fila de {file} no se puede} other {# filas de {file} no se pueden}} corregir aquí, y lo demás no trae nada corregido',
  'store.rejects_unknown.hint':
    'Ya se corrigieron o se deshicieron, son de otro espacio, o llegaron por la API o un tap, que las envían otra vez. Descarga los rechazos de hoy: tregua rejects --csv',
  'store.unknown_reject': 'La carga {batch} no tiene una fila rechazada en la línea {line}',
  'store.unknown_reject.hint': 'Las que hay: tregua rejects --batch {batch}',
  'store.bad_place': '«{place}» no es donde termina una página de filas rechazadas',
  'store.bad_place.hint': 'Da como `after` lo que la página anterior dio como `next`',
  'store.unknown_column': 'El archivo no tiene la columna «{name}»',
  'store.unknown_column.hint': '¿Quisiste decir «{nearest}»?',
  'store.unknown_column.hint_far': 'Tiene: {known}',
  'store.no_file_to_mend': 'La carga {batch} ({file}) no llegó en un archivo',
  'store.no_file_to_mend.hint': 'Envía otra vez los registros, corregidos, o corrígelos en su origen',
  'store.nothing_to_retry': 'La carga {batch} ({file}) no tiene filas rechazadas sin corregir',
  'store.same_mapping': '{file} ya se leyó así: nada cambió desde entonces',
  'store.same_mapping.hint':
    'Cambia su mapeo, sus respuestas o el acuerdo, o corrige las filas con: tregua mend',
  'store.unknown_table': 'No existe la tabla «{name}»',
  'store.unknown_table.hint': '¿Quisiste decir «{nearest}»?',
  'store.unknown_table.hint_far': 'Existen: {known}',
  'doctor.ledger': 'El registro está íntegro',
  'doctor.ledger.hint': 'SQLite dice: {found}. Restaura una copia',
  'doctor.files':
    '{files, plural, =0 {Sin archivos guardados} one {Un archivo guardado, tal como llegó} other {# archivos guardados, tal como llegaron}}',
  'doctor.files.hint': '{damaged, number} están dañados o faltan: restaura una copia',
  'doctor.entries':
    '{unread, plural, =0 {Todas las cargas se leen} one {Una carga no se lee} other {# cargas no se leen}}',
  'doctor.entries.hint': 'No se leen: {files}. Impórtalas otra vez con un mapeo correcto',
  'doctor.up_to_date':
    'Lo que se muestra está al día con el registro ({entries, plural, one {# entrada} other {# entradas}})',
  'doctor.up_to_date.hint': 'Ejecuta: tregua rebuild',
  'doctor.balanced':
    'Filas leídas = aceptadas + sin cambios + rechazadas ({batches, plural, one {# carga} other {# cargas}}, {rejected, number} rechazadas)',
  'doctor.balanced.hint': 'Ejecuta: tregua rebuild',
  'doctor.waiting':
    'Leads que esperan su creación: {versions, number}; leads conocidos solo por actividades: {activities, number}',
  'doctor.waiting.hint': 'Importa los leads a los que pertenecen',
  'doctor.disk': 'Quedan {free, number} MB de disco',
  'doctor.disk.hint': 'Libera espacio antes de la próxima carga',
};
