"""Japanese, in the polite style that sites address their visitors in."""

from typing import Final

from pairgen.composer.lexicon import words
from pairgen.composer.tongue import DomainWords, Tongue

_DOMAINS: Final = {
    "e-commerce": DomainWords(
        brands=words("木と布の店 | くらし日和 | 青い鳥雑貨店 | 手しごと市場 | ひなた商店 | 結び屋"),
        nav=words("新着商品 | キッチン | 寝具 | アウトドア | 照明 | セール | ギフト | 収納 | 工房だより"),
        items=words("""ウールブランケット | 陶器の大皿 | オークの机 | コーヒーケトル | コットンタオル |
            帆布のトートバッグ | 竹かご | テーブルランプ | ピクニックシート | 木のまな板 | キャンドル立て |
            リネンのエプロン"""),
    ),
    "SaaS/tool": DomainWords(
        brands=words("はかどるデスク | つなぐクラウド | かんたん業務箱 | 北斗ワークス | スマート帳票 | みんなの進捗"),
        nav=words("製品 | 料金プラン | 開発者向け資料 | 更新履歴 | 導入事例 | 外部連携 | テンプレート | セキュリティ"),
        items=words("""タスクボード | 承認フロー | 売上レポート | 共有カレンダー | 自動バックアップ | 通知機能 |
            フォーム作成 | アクセス権限 | 勤怠集計 | データ出力 | 社内検索 | 問い合わせ管理"""),
    ),
    "news/media": DomainWords(
        brands=words("みなと新報 | 北陸通信社 | あさひ日報 | 川辺タイムズ | 夕凪新聞 | 街角ニュース"),
        nav=words("政治 | 経済 | 国際 | 文化 | スポーツ | 科学 | 社説 | 天気 | 動画 | 地域"),
        items=words("""住宅事情の調査 | 鉄道の特集 | 予算の解説 | 気象レポート | 港湾の取材 | 教育コラム |
            物価の記録 | 電力の連載 | 再開発の報道 | 選挙の分析 | 農業の現場 | 人物インタビュー"""),
    ),
    "education": DomainWords(
        brands=words("青葉大学 | まなびの森学院 | 清流高等専門学校 | ひらめき塾 | 若草短期大学 | 夜間学校ともしび"),
        nav=words("講座一覧 | 入試情報 | キャンパスライフ | 研究 | 図書館 | 卒業生 | 奨学金 | 年間行事 | 教員紹介"),
        items=words("""統計学入門 | 海洋生物学 | 都市の歴史 | ロボット工学 | 陶芸講座 | 言語学ゼミ | 天文観測 |
            看護実習 | 映画研究 | 木工教室 | 経済学基礎 | 植物学演習"""),
    ),
    "government": DomainWords(
        brands=words("緑原市役所 | みさき町公式サイト | 青瀬区くらしの窓口 | 花沢村役場 | 若竹県電子申請"),
        nav=words("くらし | 事業者の方へ | 税金 | 交通 | ごみとリサイクル | 市政情報 | 選挙 | 防災 | 子育て支援"),
        items=words("""駐車許可 | 建築確認 | 図書館カード | バス乗車証 | 住民税の申告 | 出生届 | 道路補修 | 家賃補助 |
            都市計画の公告 | 粗大ごみ収集 | 出店登録 | 防災訓練"""),
    ),
    "healthcare": DomainWords(
        brands=words("ひまわり診療所 | 北浜総合病院 | やすらぎ内科 | 柳通りクリニック | こもれび小児科 | 青空整形外科"),
        nav=words("診療科 | 外来予約 | 初診の方へ | 検査結果 | 救急 | 薬局 | 人間ドック | 入院案内"),
        items=words("""健康診断 | 予防接種 | 視力検査 | 血液検査 | 睡眠外来 | アレルギー検査 | 歯科検診 | 栄養相談 |
            聴力検査 | リハビリ | 皮膚科診察 | 訪問看護"""),
    ),
    "finance": DomainWords(
        brands=words("あおば信用金庫 | 白峰銀行 | みなも証券 | 暦生命保険 | たいよう信託 | 石橋貯蓄組合"),
        nav=words("口座 | ローン | 資産運用 | カード | 保険 | 金利一覧 | 店舗案内 | 法人のお客様"),
        items=words("""積立預金 | 住宅ローン | 債券ファンド | 旅行用カード | 個人年金 | 株式投信 | 事業融資 |
            定期預金 | 自動車ローン | 学資保険 | 火災保険 | 外貨預金"""),
    ),
    "travel": DomainWords(
        brands=words("のんびり旅行社 | 渡り鳥ツアー | 波まかせ紀行 | 山あい案内所 | 夜汽車の旅 | 風待ち旅行舎"),
        nav=words("行き先 | 街歩き | 鉄道の旅 | 登山 | 離島 | お得なプラン | 旅の手引き | 予約の確認"),
        items=words("""温泉めぐり | 離島ツアー | 高原キャンプ | 茶畑さんぽ | 夜行列車の旅 | サイクリング | 湖畔の宿 |
            古民家ステイ | 食べ歩きツアー | ヨット体験 | 雪山ハイク | 灯台めぐり"""),
    ),
    "food/restaurant": DomainWords(
        brands=words("小料理ゆうげ | 麺処かわせみ | 食堂こめつぶ | 炭火焼きほたる | 喫茶あまやどり | 海鮮みなと亭"),
        nav=words("お品書き | ご予約 | 持ち帰り | お酒 | レシピ | 個室のご案内 | 朝ごはん | お食事券"),
        items=words("""鯖の味噌煮 | 鶏の唐揚げ | きのこ汁 | だし巻き卵 | 海鮮丼 | 肉じゃが | 茶碗蒸し | 焼きおにぎり |
            豆腐ハンバーグ | 南瓜の煮物 | 抹茶プリン | 鴨そば"""),
    ),
    "real estate": DomainWords(
        brands=words("すまいの丘 | 瓦屋不動産 | 日だまりホーム | 川沿い住宅 | 鍵と扉 | まちなみ地所"),
        nav=words("買う | 借りる | 売る | 新築物件 | 無料査定 | エリア情報 | 営業担当 | 返済の試算"),
        items=words("""駅近マンション | 庭つき一戸建て | 平屋住宅 | 角部屋アパート | メゾネット | 貸店舗 |
            リノベ物件 | 二世帯住宅 | 最上階の部屋 | 町家 | 家具つき賃貸 | 貸事務所"""),
    ),
    "portfolio": DomainWords(
        brands=words("白紙デザイン室 | 木漏れ日写真館 | 余白建築事務所 | 線と面 | 月夜イラスト工房 | 紙魚製本"),
        nav=words("作品 | 制作の流れ | 展覧会 | 覚え書き | 取引先 | 版画 | ご依頼"),
        items=words("""ポスター連作 | 本の装丁 | 展示デザイン | ロゴデザイン | 肖像写真 | 書体設計 | サイン計画 |
            挿絵集 | 店舗の内装 | 舞台美術 | 包装デザイン | 紙のオブジェ"""),
    ),
    "corporate": DomainWords(
        brands=words(
            "北嶺工業 | 東雲ロジスティクス | 光嶺精密製作所 | 瑞穂川マテリアル | 大岳グループ | 青海エンジニアリング"
        ),
        nav=words("会社案内 | 事業紹介 | サステナビリティ | 投資家情報 | 報道発表 | 企業統治 | 調達情報 | 技術開発"),
        items=words("""貨物輸送 | ポンプ設備 | 包装資材 | 保守サービス | 鋼材加工 | 冷蔵倉庫 | 車両管理 |
            試験センター | 蓄電システム | 軸受部品 | 再生工場 | 制御装置"""),
    ),
    "social/community": DomainWords(
        brands=words("ご近所ひろば | たまり場 | 趣味の輪 | えんがわ | まちの掲示板 | つどい"),
        nav=words("グループ | 近くのイベント | メッセージ | 見つける | 保存した投稿 | ゆずります | 話題の投稿 | 通知"),
        items=words("""自転車部 | 編み物サークル | 園芸クラブ | 将棋の会 | 読書会 | 星空観察会 | ランニング仲間 |
            パン作り部 | 野鳥の会 | ボードゲーム会 | 写真同好会 | 英会話カフェ"""),
    ),
    "entertainment": DomainWords(
        brands=words("銀幕座 | 夜更けラジオ | 影絵劇場 | こだまレコード | 紙の月シネマ | 星空ホール"),
        nav=words("上映中 | ドラマ | ライブ | 音楽 | チケット | 上演日程 | ポッドキャスト | レビュー | 映画祭"),
        items=words("""朗読劇 | 弾き語りライブ | 記録映画 | 推理ドラマ | 短編アニメ | 交響楽コンサート | 落語会 |
            舞踊公演 | 名画上映会 | 人形劇 | ジャズの夕べ | ラジオドラマ"""),
    ),
    "other": DomainWords(
        brands=words("里山を守る会 | 水車小屋の庭 | 灯台財団 | 湿原の友 | 杉並木合唱団 | 犬と猫の家"),
        nav=words("見学 | ボランティア | 寄付 | 活動内容 | 行事予定 | 会員の声 | 取り組み | 交通案内"),
        items=words("""植樹会 | 施設公開日 | 野鳥調査 | 修理カフェ | 古本交換会 | 合唱の集い | 灯籠まつり | 川の清掃 |
            園芸教室 | 湿原ガイド | 資料展 | 手作り市"""),
    ),
}

_CATALOGUE: Final = {
    "{month}": "{month}",
    "{weekday}": "{weekday}",
    "{sign}{change}% since {when}": "{when}比 {sign}{change}%",
    "Please enter": "入力してください",
    "Type here": "ここに入力",
    "Your answer": "ご回答",
    "Tell us": "お聞かせください",
    "Optional": "任意",
    "You can change it later": "後から変更できます",
    "Leave blank if unsure": "不明な場合は空欄のまま",
    "At least {few} characters": "{few}文字以上",
    "In your own words": "ご自身の言葉で",
    "We never share this": "外部には公開しません",
    "Used for reminders only": "お知らせの送信にのみ使用",
    "As on your passport": "パスポートの表記どおり",
    "Please write in full": "省略せずにご記入ください",
    "In dollars": "円単位",
    "A rough figure will do": "おおよその額で構いません",
    "Day and month": "月と日",
    "From tomorrow onwards": "明日以降の日付",
    "Spaces and dashes are fine": "空白やハイフンも使えます",
    "The nearest one will do": "最寄りのもので構いません",
    "Local time": "現地時間",
    "Cancel": "キャンセル",
    "Save draft": "下書きを保存",
    "Go back": "戻る",
    "Start over": "最初からやり直す",
    "Keep me posted about news from {place}": "{place}のお知らせを受け取る",
    "I agree that you may call me back": "折り返しの連絡に同意します",
    "Send a copy to my own address": "控えを自分あてに送る",
    "I have read the notice of {month} {year}": "{year}年{month}の注意事項を読みました",
    "Remember these details for next time": "次回のために入力内容を保存する",
    "Total": "合計",
    "Your summary": "入力内容のまとめ",
    "At a glance": "ひと目でわかる",
    "Overview": "概要",
    "What you pay": "お支払い金額",
    "In short": "要点",
    "Narrow it down": "絞り込む",
    "Filter by": "条件で探す",
    "Show only": "表示する項目",
    "Refine": "さらに絞り込む",
    "Good to know": "知っておきたいこと",
    "Search {thing}": "{thing}を検索",
    "Try {thing}": "例：{thing}",
    "Find {thing}": "{thing}を探す",
    "Look for {thing}": "{thing}をお探しですか？",
    "Mon": "月",
    "Tue": "火",
    "Wed": "水",
    "Thu": "木",
    "Fri": "金",
    "Sat": "土",
    "Sun": "日",
    "Hol": "祝",
    "Who to meet": "会ってみたい人",
    "People nearby": "近くにいる人",
    "New faces": "新しい顔ぶれ",
    "Around {place}": "{place}とその周辺",
    "Related": "関連情報",
    "On this page": "このページの内容",
    "Most read": "よく読まれています",
    "See also": "あわせて読みたい",
    "Keep going": "続きを見る",
    "Did you know?": "ご存じですか？",
    "A note from {person}": "{person}さんからのひとこと",
    "Correction": "訂正",
    "replies": "件の返信",
    "likes": "件のいいね",
    "shares": "件のシェア",
    "thanks": "件のお礼",
    "views": "回の閲覧",
    "saves": "件の保存",
    "Starter": "スターター",
    "Essential": "スタンダード",
    "Plus": "プラス",
    "Team": "チーム",
    "Household": "ファミリー",
    "Complete": "コンプリート",
    "Patron": "サポーター",
    "Basic": "ベーシック",
    "Premium": "プレミアム",
    "Solo": "ソロ",
}

_MONTHS: Final = words("1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月")
_WEEKDAYS: Final = words("月曜日|火曜日|水曜日|木曜日|金曜日|土曜日")
_PLACES: Final = words(
    """札幌 | 仙台 | 金沢 | 函館 | 盛岡 | 新潟 | 富山 | 静岡 | 京都 | 神戸 | 岡山 | 倉敷 | 広島 | 松山 | 高松 | 福岡 |
    長崎 | 熊本 | 鹿児島 | 那覇 | 奈良 | 姫路 | 秋田 | 米子"""
)
_STREETS: Final = words(
    """本町 | 栄町 | 緑町 | 桜ケ丘 | 中央通り | 駅前通り | 銀杏通り | 川端町 | 旭町 | 若葉台 | 寺町 | 青葉通り |
    松原町 | 学園通り | 朝日町 | 水車通り"""
)
_FIRST_NAMES: Final = words(
    """美咲 | 健太 | 陽菜 | 翔太 | 結衣 | 大輔 | 直樹 | 由美 | 拓也 | 恵子 | 悠斗 | 真由美 | 和也 | 千尋 | 彩香 |
    亮介 | 奈緒 | 浩一 | 明日香 | 信夫 | 沙織 | 雄大 | 理恵 | 慎吾"""
)
_LAST_NAMES: Final = words(
    """佐藤 | 鈴木 | 高橋 | 田中 | 伊藤 | 渡辺 | 山本 | 中村 | 小林 | 加藤 | 吉田 | 山田 | 佐々木 | 斎藤 | 清水 |
    池田 | 橋本 | 石川 | 前田 | 藤田 | 岡田 | 後藤 | 近藤 | 村上 | 遠藤 | 坂本"""
)

TONGUE: Final = Tongue(
    code="ja",
    font="'Noto Sans CJK JP'",
    serif="'Noto Serif CJK JP'",
    stop="。",
    first_names=_FIRST_NAMES,
    last_names=_LAST_NAMES,
    person="{last}{first}",
    places=_PLACES,
    streets=_STREETS,
    address="{street}{number}番地",
    months=_MONTHS,
    weekdays=_WEEKDAYS,
    date="{month}{day}日",
    short_months=_MONTHS,
    money="{amount}円",
    qualities=words(
        "新しい | 人気の | 話題の | 注目の | 春の | 夏の | 秋の | 冬の | 地域の | はじめての | 身近な | 定番の"
    ),
    thing="{quality}{item}",
    sentences=words(
        """{thing}の案内を{year}年から続けています | {month}からは{place}でも{thing}をご案内します |
        {place}の担当者が毎週{weekday}にこのページを更新しています | {person}さんは{few}年かけて資料をまとめました |
        ご利用の方の{pct}は、友人からの紹介で知ったそうです | {thing}についてのご質問は窓口で承ります |
        {weekday}は午前10時から{street}の窓口を開けています | {soon}年までに{place}へ活動を広げる予定です |
        {thing}の詳しい内容は{month}の初めに発表します | この{n}日間に{big}件のご意見が寄せられました |
        {person}さんは{year}年から{place}で働いています | ご不明な点があれば、電話でお気軽にお尋ねください |
        {place}と{street}の両方で{thing}についてご相談いただけます | 先月は{big}人がこのページをご覧になりました |
        掲載内容はすべて{few}人の編集者が確認しています | お返事には{n}分ほどお時間をいただくことがあります |
        {thing}への関心は去年より{pct}高まりました | {place}から{thing}を目当てに訪れる方もいます |
        毎月{day}日に最新の数字を公開しています | 青いマークは空きがあることを示しています |
        赤いラベルのものは受付を終了しました | 右上の白いボタンを押すと前のページに戻れます |
        {month}の予定が決まりましたのでお知らせします |
        {person}さんは{place}に{n}年住んでいて、土地の事情に詳しい人です |
        初回の方には、まず{thing}をおすすめしています | {place}では{few}人に1人が{thing}を知っています |
        準備の都合上、{few}日前までにご連絡ください | {weekday}の午後は比較的すいていて、ゆっくりご覧いただけます |
        {year}年の開設以来、いただいたお便りにはすべて返事を書いています |
        {thing}の相談枠には限りがありますので、お早めにどうぞ | {n}通りの工夫を短い一覧にまとめました |
        最初の一歩がいちばん難しいと{person}さんは話します | {place}の中心部から{street}まではバスで{n}分です |
        今年は{pct}の方がオンラインで手続きを済ませました | 夏の間は週に{few}時間ほど長く開いています |
        冬の{weekday}は1時間早く受付を終了します | この案内は{year}年に作られ、{month}に一部を書き直しました |
        学生の方は証明書の提示で割引を受けられます | 高齢者向けの説明会を{place}で開いています |
        {thing}は{person}さんと{place}の仲間が一緒に作り上げました | 小さな改善を毎日続けることを大切にしています |
        大きな変更があるときは、{few}日前までにお知らせします |
        天候により、{place}での予定は{weekday}に変更されました | {month}{day}日の時点で{big}人が申し込んでいます |
        よくいただく三つの質問に、ここでお答えします | お申し込みは五つの手順で完了します |
        昨年の秋の調査でも、{thing}は高い評価を得ました | 手続きが終わると、メールで控えをお送りします |
        {n}人の専門家が{few}か月にわたって内容を見直しました | 記録は{n}か月間保管し、その後は自動的に消去します |
        {street}の近くにある窓口へは、電車でもお越しいただけます | 来月には{place}に新しい窓口ができます |
        {person}さんが毎週{weekday}に{street}で皆さまをお待ちしています | 来年は{thing}をさらに充実させていきます"""
    ),
    headlines=words(
        """{place}からの便り | {thing}をじっくり知る | {place}を訪れたい{n}の理由 | {month}に変わったこと |
        {person}さんが語る{thing} | {year}年を振り返って | {month}の準備はできましたか | {place}の歩き方 |
        よくわかる{thing} | {person}さんとの{n}分間 | 数字で見る{month} | {thing}を支える人たち |
        次の行き先は{place} | {weekday}は{place}で会いましょう | {thing}が選ばれる理由 |
        {place}で見つけた{few}つの物語 | {soon}年に向けて | {pct}の人が選んだ{thing} | {street}で過ごす一日 |
        {thing}のはじめ方"""
    ),
    kickers=words(
        """今週のおすすめ | {month}の特集 | {year}年から続く | {place}発 | 必見 | 第{few}回 | 編集者が選ぶ | 短信 |
        舞台裏 | はじめての方へ | みんなの声 | 体験談 | 最近の動き | 特別企画"""
    ),
    actions=words(
        """詳しく見る | もっと見る | 今すぐ始める | 問い合わせる | すべて表示 | 続きを読む | 申し込む | 無料で試す |
        保存する | 相談する | 友だちに教える | 日時を選ぶ | {place}を見る | 資料を請求する | 更新を受け取る |
        比較する | 質問する | 使い方を見る | 一覧を見る | 参加する | 地図を開く | {place}で試す"""
    ),
    badges=words(
        """新登場 | 人気 | 期間限定 | おすすめ | {month}限定 | 先着{n}名 | {year}年から | {place} | 無料 |
        まもなく終了 | 認定済み | 独占 | 定番 | 第{few}弾 | 残りわずか | {pct}完了"""
    ),
    nav=words("""ホーム | 私たちについて | お知らせ | よくある質問 | お問い合わせ | 採用情報 | ヘルプ | マイページ |
        ご利用ガイド | 読みもの"""),
    quotes=words(
        """長く待つつもりでしたが、昼前には返事をいただけました | 一つひとつ丁寧に説明してくれて安心しました |
        {month}から{n}人の同僚にすすめています | 細やかな心配りに感激しました |
        一週間かかっていた作業が半日で終わるようになりました | 二度目に伺ったときも名前を覚えていてくれました |
        助言が率直で、料金も納得できるものでした | {place}での体験は思っていたよりずっと気楽でした |
        {person}さんが{thing}のことを詳しく教えてくれました | ずっと半信半疑でしたが、私の思い違いでした |
        家族の全員が気に入ったのは初めてです | {year}年から使っていますが、一度も困ったことがありません |
        操作が簡単で、両親だけでも使えました | {month}に初めて訪れて以来、毎月通っています |
        働いている方の誠実さが伝わってきます | {thing}は期待以上でした"""
    ),
    questions=words(
        """どのくらい時間がかかりますか？ | 後から変更できますか？ | {place}では誰に相談できますか？ |
        登録した後はどうなりますか？ | 最低利用期間はありますか？ | {weekday}も対応していますか？ |
        どの書類が必要ですか？ | 個人情報はどのように管理されますか？ | 子どもを連れて行ってもいいですか？ |
        困ったときはどうすればよいですか？ | 団体での利用はできますか？ | 駐輪場はありますか？ |
        {thing}は誰でも利用できますか？ | {month}の空きはまだありますか？ |
        申し込みを取り消すにはどうすればよいですか？"""
    ),
    foot_links=words(
        """会社概要 | 報道関係の方へ | 採用について | ご意見 | アクセシビリティ | 個人情報の取り扱い | 利用規約 |
        クッキーの設定 | サイトマップ | 提携先 | メールマガジン | 電話窓口 | 沿革 | 取引先の方へ | 不具合の報告 |
        所在地一覧 | 年次報告書 | 学生割引 | ギフトカード | 著作権について | 広告掲載 | アプリ版"""
    ),
    foot_heads=words(
        "会社 | サポート | 見てまわる | フォローする | 資料 | 法的情報 | お越しの方へ | ほかの記事 | 早わかり"
    ),
    options=words(
        """すべて | 新着順 | {place}周辺 | {year}年以降 | 上位{n}件 | {month}まで | 名前順 | 写真あり | 無料のみ |
        予約可 | 評価の高い順 | 家族向け | 今週追加 | オンライン | 日本語対応 | まもなく開始 | 登録不要"""
    ),
    roles=words(
        """{place}支部長 | {year}年から参加 | プロジェクト責任者 | 上級編集者 | お客様窓口 | 長年の利用者 |
        ボランティア | 寄稿者 | 技術顧問 | デザイナー | 創設者 | {place}在住 | 研修講師 | データ分析担当"""
    ),
    fields=words(
        """お名前 | 電話番号 | メールアドレス | ご住所 | 郵便番号 | 生年月日 | お住まいの市 | 会員番号 | 備考 |
        ご希望の時間 | 緊急連絡先 | 勤務先 | 参加人数 | 受付番号 | ご相談の内容 | ご職業 | 紹介者"""
    ),
    statuses=words("進行中 | 完了 | 確認待ち | 取り消し | 延期 | 審査中 | まもなく開始"),
    steps=words(
        "情報の入力 | 内容の確認 | 日時の選択 | お支払い | 確定 | 書類の提出 | プランの選択 | 署名 | 完了 | お客様情報"
    ),
    metrics=words(
        """count:累計利用者 | count:今月の訪問数 | count:提携先 | percent:満足度 | percent:期限内の完了率 |
        money:平均支出額 | score:利用者の評価 | days:平均待ち日数 | days:最長処理期間 | count:寄せられた意見"""
    ),
    columns=words("thing:名称 | place:地域 | date:日付 | person:担当者 | count:人数 | status:状況"),
    days="{n}日",
    catalogue=_CATALOGUE,
    domains=_DOMAINS,
    kinds=(
        _MONTHS,
        _WEEKDAYS,
        _PLACES,
        _STREETS,
        _FIRST_NAMES,
        _LAST_NAMES,
        words("春の|夏の|秋の|冬の"),
        words("青い|赤い|白い|黒い"),
        words("午前|午後"),
        words("電話で|メールで|窓口で|書面で"),
        words("友人|同僚|知人|隣人"),
        words("新しい|人気の|話題の|注目の"),
        words("三つ|四つ|五つ|六つ"),
        words("ボタン|マーク|ラベル|アイコン"),
        words("バスで|電車で|地下鉄で|タクシーで"),
        words("編集者|専門家|研究者|責任者"),
        words("来週|来月|来年"),
        words("学生|高齢者|教職員"),
        words("小さな|大きな"),
        words("先週|先月|昨年"),
        *(domain.items for domain in _DOMAINS.values()),
    ),
)
