export const storeEn = {
  'store.no_home': 'The folder {home} does not exist',
  'store.no_home.hint': 'Make it with: tregua init {home}',
  'store.home_is_file': '{home} is a file, not a folder',
  'store.home_read_only': '{home} cannot be written to',
  'store.home_read_only.hint': 'Choose another folder, or get the right to write in it',
  'store.no_agreement': 'There is no tregua.yaml in {home}',
  'store.no_agreement.hint': 'Make one with: tregua init',
  'store.agreement_unreadable': 'The tregua.yaml of {home} cannot be read',
  'store.busy': 'Another Tregua (process {pid}) is working on this folder',
  'store.busy.hint': 'Wait until it is done, and try again',
  'store.disk_full': 'The disk is full ({free, number} MB left): nothing was changed',
  'store.disk_full.hint': 'Make room and try again; what was there is whole',
  'store.kept_uncounted': '{file} is kept, but the disk is too full to count it',
  'store.kept_uncounted.hint': 'Make room: the next command counts it; there is no need to import it again',
  'store.cut_short': 'The table {table} was cut short: the warehouse could not be read to its end',
  'store.cut_short.hint': 'Throw away what came and run: tregua rebuild',
  'store.rebuilt':
    'The warehouse was damaged: it was made anew from the ledger, and the old one is kept as {file}',
  'store.entry_unread':
    '{file} (batch {entry, number}, {source}) could not be read: the numbers do not count it. {reason}',
  'store.entry_unread.hint': 'Import it again with a mapping that is right; all else counts as before',
  'store.not_taken': '{file} could not be read: nothing was kept. {reason}',
  'store.not_taken.hint': 'Check its mapping; where that is right, it is a fault of Tregua: report this text',
  'store.unknown_table': 'There is no table "{name}"',
  'store.unknown_table.hint': 'Did you mean "{nearest}"?',
  'store.unknown_table.hint_far': 'There are: {known}',
  'doctor.ledger': 'The ledger is whole',
  'doctor.ledger.hint': 'SQLite says: {found}. Restore a backup',
  'doctor.files':
    '{files, plural, =0 {No stored files} one {One stored file, as it came} other {# stored files, as they came}}',
  'doctor.files.hint': '{damaged, number} of them are damaged or gone: restore a backup',
  'doctor.entries':
    '{unread, plural, =0 {Every batch can be read} one {One batch cannot be read} other {# batches cannot be read}}',
  'doctor.entries.hint': 'Not read: {files}. Import them again with a mapping that is right',
  'doctor.up_to_date':
    'What is shown is up to the ledger ({entries, plural, one {# entry} other {# entries}})',
  'doctor.up_to_date.hint': 'Run: tregua rebuild',
  'doctor.balanced':
    'Rows read = accepted + unchanged + rejected ({batches, plural, one {# batch} other {# batches}}, {rejected, number} rejected)',
  'doctor.balanced.hint': 'Run: tregua rebuild',
  'doctor.waiting':
    'Leads that wait for their creation: {versions, number}; leads known by activities only: {activities, number}',
  'doctor.waiting.hint': 'Import the leads that they belong to',
  'doctor.disk': '{free, number} MB of disk are free',
  'doctor.disk.hint': 'Make room before the next import',
} as const;
